import type { Text } from '@tranche/contract'
import { dirtKinds } from './dirt.ts'
import { fileNames } from './files.ts'
import { plantedParameters } from './parameters.ts'
import { populationOf } from './population.ts'
import { stagedTables } from './shard-state.ts'
import { type PlantedEffect, plantedEffects } from './truth.ts'

/** docs/reference/simulated-institution.md: what is planted, how each number is estimated, and what becomes of dirt. */
export function simulatedInstitutionPage(): string {
  const [planted, none] = (['default', 'none'] as const).map((effects) => {
    const parameters = plantedParameters(effects)
    return plantedEffects({ parameters, population: populationOf(parameters) })
  })
  const withoutEffects = new Map(none!.map((effect) => [effect.key, effect.value]))
  return `${introduction}
## ${both({ en: 'Planted numbers', zh: '植入的数值' })}

| key | ${both({ en: 'name', zh: '名称' })} | default | none | ${both({ en: 'unit', zh: '单位' })} | ${both({ en: 'population', zh: '总体' })} | ${both({ en: 'estimated by', zh: '估计方法' })} |
|---|---|---:|---:|---|---|---|
${planted!.map((effect) => row(effect, withoutEffects.get(effect.key))).join('\n')}

## ${both({ en: 'Planted dirt', zh: '植入的脏数据' })}

${dirtNote}

| source | file | kind | outcome |
|---|---|---|---|
${dirtRows().join('\n')}
`
}

const introduction = `# ${both({ en: 'The simulated institution', zh: '模拟机构' })}

\`tranche simulate DIR\` writes the files of a lender and card issuer with wealth products, the workspace that maps them with the starter features and metrics, and \`truth.json\` with all that was planted. This page is generated from the code that plants it.
\`tranche simulate DIR\` 生成一家放贷、发卡并销售理财产品的机构的文件、映射这些文件并带有入门特征与指标的工作区，以及记录全部植入真值的 \`truth.json\`。本页由植入代码生成。

Values are those of the population that customers are drawn from, not of the customers drawn, so that a 95% interval covers them in 95 of 100 institutions. \`as_of\` is 2025-07-01 in Asia/Shanghai; amounts are CNY. Column and table names are those of the standard model.
数值属于抽取客户的总体而非抽到的客户，因此 95% 区间应在 100 家机构中约有 95 家覆盖真值。截止时点 \`as_of\` 为 2025-07-01（Asia/Shanghai），金额单位为人民币元，表名与列名取自标准模型。

Gender, creative and age depend on each other (men are older, coffee promos draw the young), region and channel on nothing, but customers of South China by the professional network convert far more often than the two effects add up to, while every region and every channel keeps its own rate; \`gap_adjusted\` and \`gap\` therefore differ. Spending decides gender, not the other way round: purchases follow one BG/NBD and one Gamma-Gamma law over all customers, and men are more frequent among those who spend much. With \`--effects none\` ages depend on nothing either, and what customers do depends on none of who they are.
性别、素材与年龄相互关联（男性年龄偏大，咖啡活动吸引年轻人），地区与渠道独立，但华南且来自职场社交的客户转化率远高于两项影响之和，而各地区、各渠道自身的转化率不变；因此 \`gap_adjusted\` 与 \`gap\` 不同。由消费决定性别而非相反：全体客户的消费服从同一个 BG/NBD 与 Gamma-Gamma 分布，消费高者中男性更多。使用 \`--effects none\` 时年龄也与其他特征无关，客户行为与其特征均无关联。
`

const dirtNote = `Dirt stands beside genuine rows or can be repaired, so that the standard tables of a dirty institution equal those of the clean one. A row has at most one kind. \`truth.json\` gives the count of each kind by source, and per source rows read = kept + quarantined + filtered + duplicates.
脏数据另成一行或可修复，因此清洗后的标准表与干净机构完全一致。每行至多一种问题。\`truth.json\` 给出各来源各类的行数；每个来源：读入 = 保留 + 隔离 + 过滤 + 重复。`

function row(effect: PlantedEffect, none: number | undefined): string {
  const cells = [
    `\`${effect.key}\``,
    both(effect.label),
    shown(effect.value),
    none === undefined ? '' : shown(none),
    effect.unit,
    both(effect.population),
    both(effect.definition),
  ]
  return `| ${cells.join(' | ')} |`
}

function dirtRows(): string[] {
  const files: Record<string, string> = {
    ...fileNames,
    ...Object.fromEntries(stagedTables.map((table) => [table, `${table}/*.parquet`])),
  }
  return Object.entries(dirtKinds).flatMap(([source, kinds]) =>
    kinds.map(({ kind, outcome }) => `| ${source} | data/${files[source]} | ${kind} | ${outcome} |`),
  )
}

function both(text: Text): string {
  return `${text.en} · ${text.zh}`
}

function shown(value: number): string {
  return String(Number(value.toFixed(6)))
}
