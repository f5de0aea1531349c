import { appendFile, readFile } from 'node:fs/promises'
import { InvalidInputError } from '@plimsoll/domain'
import type { ForecastRow } from '@plimsoll/forecast'

/** One forecast in a shadow log: a line of JSON. */
export type ShadowLine = {
  readonly role: 'acting' | 'candidate'
  readonly model: string
  readonly row: ForecastRow
}

/** Reads a shadow log; none yet is empty. @throws InvalidInputError on a line that is no forecast. */
export async function readShadowLog(file: string): Promise<readonly ShadowLine[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw cause
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      try {
        const found = JSON.parse(line) as ShadowLine
        if (found.role === 'acting' || found.role === 'candidate') return found
      } catch {
        // told below
      }
      throw new InvalidInputError({
        field: `line ${i + 1} of ${file}`,
        found: line.slice(0, 80),
        allowed: 'a forecast as plimsoll model shadow writes it; cut a torn last line off',
      })
    })
}

/** Appends forecasts of one model. */
export async function appendShadowLog(
  file: string,
  role: ShadowLine['role'],
  model: string,
  rows: readonly ForecastRow[],
): Promise<void> {
  const line = (row: ForecastRow): string =>
    `${JSON.stringify({ role, model, row } satisfies ShadowLine)}\n`
  await appendFile(file, rows.map(line).join(''))
}

/** Forecasts of one model in a log. */
export const rowsOf = (
  lines: readonly ShadowLine[],
  role: ShadowLine['role'],
  model: string,
): readonly ForecastRow[] =>
  lines.filter((line) => line.role === role && line.model === model).map(({ row }) => row)
