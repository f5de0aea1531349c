import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { InvalidInputError, reason } from '@plimsoll/domain'
import {
  type BarFinding,
  type BarSums,
  createBarSums,
  type Market,
  parseBars,
} from '@plimsoll/forecast'
import { dataDir } from '../dataDir.ts'
import type { BarFile } from './modelFlags.ts'

/** Assets of the data folder that models are trained on. */
const DATA_ASSETS = ['BTC', 'ETH', 'SOL', 'AAVE']

/**
 * The files given, or those of the data folder.
 *
 * @throws InvalidInputError when neither is there.
 */
export function givenOrData(files: readonly BarFile[] | null): readonly BarFile[] {
  if (files !== null) return files
  const folder = dataDir()
  if (folder === null)
    throw new InvalidInputError({
      field: '--bars',
      found: 'missing, and PLIMSOLL_DATA names no folder',
      allowed: 'ASSET=FILE,…; or fetch bars with plimsoll data pull',
    })
  return DATA_ASSETS.map((asset) => ({ asset, file: join(folder, `${asset}USDT_5m.csv.gz`) }))
}

/** Text of a file, unpacked when it is gzip. @throws InvalidInputError when it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (cause) {
    throw new InvalidInputError({
      field: 'file',
      found: `${file} (${reason(cause)})`,
      allowed: 'a CSV file, plain or gzip',
      cause,
    })
  }
}

/** Reads a file of bars and tells on stderr what is wrong with it. */
async function readBars({ asset, file }: BarFile): Promise<BarSums> {
  const { bars, findings } = parseBars(await readText(file), asset)
  for (const line of summary(findings)) console.error(`${file}: ${line}`)
  return createBarSums(bars)
}

/** Reads all, and the market factors among them or of files of their own. */
export async function readAll(
  files: readonly BarFile[],
  market: readonly BarFile[] = [],
): Promise<{ readonly sums: readonly BarSums[]; readonly market: Market }> {
  for (const { asset } of market)
    if (asset !== 'BTC' && asset !== 'ETH')
      throw new InvalidInputError({
        field: '--market',
        found: asset,
        allowed: 'BTC=FILE, ETH=FILE or both',
      })
  const sums: BarSums[] = []
  for (const file of files) sums.push(await readBars(file))
  const factor = async (asset: string): Promise<BarSums | null> => {
    const file = market.find((each) => each.asset === asset)
    return file === undefined
      ? (sums.find(({ bars }) => bars.asset === asset) ?? null)
      : readBars(file)
  }
  return { sums, market: { btc: await factor('BTC'), eth: await factor('ETH') } }
}

/** One line for each kind of finding, with its first place. */
export function summary(findings: readonly BarFinding[]): readonly string[] {
  const kinds = new Map<string, { count: number; bars: number; first: BarFinding }>()
  for (const finding of findings) {
    const kind = kinds.get(finding.type) ?? { count: 0, bars: 0, first: finding }
    kinds.set(finding.type, { ...kind, count: kind.count + 1, bars: kind.bars + finding.bars })
  }
  return [...kinds].map(([type, { count, bars, first }]) => {
    const at = first.at === null ? '' : `, ${new Date(first.at * 1000).toISOString()}`
    const size = type === 'gap' ? ` (${bars} bars)` : ''
    return `${count} × ${type}${size}, first on line ${first.line}${at}: ${first.reason}`
  })
}
