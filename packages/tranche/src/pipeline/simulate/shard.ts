import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drawApp } from './app-files.ts'
import { drawBalances } from './balances.ts'
import { drawCampaign } from './campaign.ts'
import { drawCredit } from './credit.ts'
import { writeCustomer } from './customer-file.ts'
import { dirtySources } from './dirt.ts'
import { drawInvestments } from './investments.ts'
import { postLedger } from './ledger.ts'
import { channels, creatives } from './parameters.ts'
import { parquetFiles } from './parquet-files.ts'
import { writeParquet } from './parquet-writer.ts'
import { type Customer, drawCustomer } from './profile.ts'
import { drawPurchases, monthOf } from './purchases.ts'
import { drawSavings } from './savings.ts'
import { drawService } from './service.ts'
import {
  type Counts,
  createShard,
  type Part,
  type Shard,
  stagedTables,
  textFiles,
  type Workshop,
} from './shard-state.ts'
import { drawSurvey } from './survey.ts'

/** What a part of the customers leaves besides its Parquet files. */
export interface PartResult {
  readonly part: number
  /** Bytes to append to each text file, in the order of the parts. */
  readonly texts: Record<string, Uint8Array<ArrayBuffer>>
  readonly survey: readonly number[]
  readonly groups: readonly number[]
  readonly won: Int32Array
  readonly dirt: Record<string, readonly number[]>
  readonly drawn: Counts
  readonly identity: { readonly matched: number; readonly appOnly: number; readonly shared: number }
  /** Genuine rows by source. */
  readonly rows: Record<string, number>
}

/** Of larger institutions truth.json doesn't say who is in which planted group. */
const mostNamed = 1_000_000

/** Fills one part: draws its customers one by one, then writes what was staged. */
export async function runPart(workshop: Workshop, part: Part, dataFolder: string): Promise<PartResult> {
  const shard = createShard(workshop, part)
  for (let index = part.from; index < part.to; index++) addCustomer(shard, drawCustomer(shard, index))
  for (const table of stagedTables) {
    const folder = join(dataFolder, table)
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `part-${String(part.number + 1).padStart(4, '0')}.parquet`)
    const staged = shard.staged[table]
    await writeParquet(file, parquetFiles[table](staged), staged.rows)
  }
  return {
    part: part.number,
    texts: Object.fromEntries(textFiles.map((file) => [file, shard.texts[file].take()])),
    survey: shard.survey,
    groups: shard.groups,
    won: shard.won,
    dirt: Object.fromEntries(dirtySources.map((source) => [source, shard.dirt[source].counts])),
    drawn: shard.drawn,
    identity: shard.identity,
    rows: Object.fromEntries(dirtySources.map((source) => [source, shard.dirt[source].rows])),
  }
}

function addCustomer(shard: Shard, customer: Customer): void {
  writeCustomer(shard, customer)
  if (shard.recipe.customers <= mostNamed) shard.groups.push(customer.mindset, customer.behaviour)
  drawCredit(shard, customer)
  drawSavings(shard, customer)
  if (customer.hasCard) drawPurchases(shard, customer)
  drawInvestments(shard, customer)
  drawCampaign(shard, customer)
  drawBalances(shard, customer)
  postLedger(shard, customer)
  drawService(shard, customer)
  drawApp(shard, customer)
  drawSurvey(shard, customer)
  const month = monthOf(shard.period.monthEnds, customer.onboardedDay)
  shard.won[(month * channels.length + customer.channel) * creatives.length + customer.creative]!++
}
