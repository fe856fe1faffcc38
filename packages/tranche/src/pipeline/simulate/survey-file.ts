import { writeFile } from 'node:fs/promises'
import writeExcelFile from 'write-excel-file/node'
import { pinZipTimes } from '../../reports/tables/zip-time.ts'
import { clockText, dayText } from './calendar.ts'
import { surveyQuestions, surveyWidth } from './survey.ts'

export const surveyColumns = ['客户编号', '提交时间', ...surveyQuestions.map((question) => question.zh)]
/** What stands above the header in exports of survey tools. */
const title = '理财态度问卷 2025'

/** The survey tool's export: a title row, a header, and one row a respondent with one column a question. */
export async function writeSurvey(file: string, answers: readonly number[]): Promise<number> {
  const rows = []
  for (let at = 0; at < answers.length; at += surveyWidth) {
    const [customer, day, second, ...values] = answers.slice(at, at + surveyWidth)
    rows.push([
      text(`C${String(customer! + 1).padStart(8, '0')}`),
      text(`${dayText(day!)} ${clockText(second!)}`),
      ...values.map((value) => ({ value, type: Number })),
    ])
  }
  const content = await writeExcelFile([[text(title)], surveyColumns.map(text), ...rows], {
    sheet: '回答',
  }).toBuffer()
  await writeFile(file, pinZipTimes(content))
  return rows.length
}

function text(value: string): { value: string; type: StringConstructor } {
  return { value, type: String }
}
