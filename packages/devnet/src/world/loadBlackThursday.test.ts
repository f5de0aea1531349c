import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { InvalidInputError, numberFromWad } from '@plimsoll/domain'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CandleFileError } from './errors.ts'
import { loadBlackThursday } from './loadBlackThursday.ts'

const FROM = 1_583_971_200
const HEADER = 'ts,open,high,low,close,volume,venue'
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plimsoll-candles-'))
})
afterEach(() => rm(dir, { recursive: true }))

const row = (at: number, open: number, close = open) =>
  `${at},${open},${Math.max(open, close) + 1},${Math.min(open, close) - 1},${close},10,test`
/** Bars that fall by one a bar, from a day before the window; `keep` says which of the window's are there. */
const bars = (price: number, keep: (i: number) => boolean = () => true) => [
  row(FROM - 86_400, price),
  ...Array.from({ length: 576 }, (_, i) => i)
    .filter(keep)
    .map((i) => row(FROM + 300 * i, price - i * 0.1)),
  row(FROM + 172_800, price),
]
const write = (name: string, rows: readonly string[], header = HEADER) =>
  writeFile(join(dir, name), gzipSync(`${[header, ...rows].join('\n')}\n`))
const failure = async (): Promise<CandleFileError> => {
  const error = await loadBlackThursday(dir).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof CandleFileError)) throw error
  return error
}

test('default: two days in half hours, scaled to the start prices, returns untouched', async () => {
  await write('ETHUSDT_5m.csv.gz', bars(194))
  await write('BTCUSDT_5m.csv.gz', bars(7_934))
  const path = await loadBlackThursday(dir)
  expect(path.gaps).toEqual([])
  expect(path.frames).toHaveLength(96)
  expect(path.frames[0]).toEqual({
    at: FROM,
    prices: { ETH: 2000n * 10n ** 18n, BTC: 40_000n * 10n ** 18n, USDC: 10n ** 18n },
    volumes: { ETH: 0, BTC: 0 },
  })
  const last = path.frames.at(-1)!
  expect(last.at).toBe(FROM + 570 * 300)
  expect(last.volumes).toEqual({ ETH: 60, BTC: 60 })
  expect(numberFromWad(last.prices.ETH) / 2000).toBeCloseTo((194 - 57) / 194, 9)
  expect((await loadBlackThursday(dir, { every: 1 })).frames).toHaveLength(576)
  const scaled = await loadBlackThursday(dir, { start: { ETH: 100, BTC: 100, USDC: 1 } })
  expect(numberFromWad(scaled.frames[0]!.prices.BTC)).toBe(100)
})

test('behavior: the days before, in the path’s prices, what is missing left out', async () => {
  await write('ETHUSDT_5m.csv.gz', bars(194))
  await write('BTCUSDT_5m.csv.gz', bars(7_934))
  const { past, ...path } = await loadBlackThursday(dir, { pastDays: 1 })
  expect(path).toEqual(await loadBlackThursday(dir))
  expect(past?.ETH).toHaveLength(1)
  expect(past?.ETH?.[0]).toMatchObject({
    at: FROM - 86_400,
    open: expect.closeTo(2_000, 9),
    close: expect.closeTo(2_000, 9),
  })
  expect(past?.ETH?.[0]?.high).toBeCloseTo((2_000 * 195) / 194, 9)
  expect(past?.BTC?.[0]?.low).toBeCloseTo((40_000 * 7_933) / 7_934, 6)
  await expect(loadBlackThursday(dir, { pastDays: 401 })).rejects.toThrow(InvalidInputError)
})

test('behavior: up to an hour is held, longer gaps end the path, both are reported', async () => {
  await write(
    'ETHUSDT_5m.csv.gz',
    bars(194, (i) => i < 20 || i >= 24),
  )
  await write(
    'BTCUSDT_5m.csv.gz',
    bars(7_934, (i) => i < 100 || i >= 200),
  )
  const path = await loadBlackThursday(dir, { every: 1 })
  expect(path.gaps).toEqual([
    { asset: 'ETH', from: FROM + 20 * 300, to: FROM + 24 * 300, treatment: 'held' },
    { asset: 'BTC', from: FROM + 100 * 300, to: FROM + 200 * 300, treatment: 'cut' },
  ])
  expect(path.frames).toHaveLength(100)
  expect(path.frames[23]!.prices.ETH).toBe(path.frames[19]!.prices.ETH)
  expect(path.frames[24]!.volumes).toEqual({ BTC: 10 })
})

test('behavior: hourly opens fill a long gap, whatever time zone they are in', async () => {
  await write('ETHUSDT_5m.csv.gz', bars(194))
  await write(
    'BTCUSDT_5m.csv.gz',
    bars(7_934, (i) => i < 300),
  )
  const hours = Array.from({ length: 48 }, (_, i) =>
    row(FROM + 3_600 * i + 8 * 3_600, 7_934 - i * 1.2),
  )
  await write('BTCUSDT_1h_2017_2022.csv.gz', hours, 'ts,open,high,low,close,volume')
  const path = await loadBlackThursday(dir, { every: 1 })
  expect(path.gaps).toEqual([
    { asset: 'BTC', from: FROM + 300 * 300, to: FROM + 576 * 300, treatment: 'hourly' },
  ])
  expect(path.frames).toHaveLength(576)
  const btc = (i: number) => numberFromWad(path.frames[i]!.prices.BTC) * (7_934 / 40_000)
  expect(btc(312)).toBeCloseTo(7_934 - 26 * 1.2, 4)
  expect(btc(318)).toBeCloseTo(7_934 - 26.5 * 1.2, 3)
})

test('behavior: hourly opens that disagree are not used', async () => {
  await write('ETHUSDT_5m.csv.gz', bars(194))
  await write(
    'BTCUSDT_5m.csv.gz',
    bars(7_934, (i) => i < 300),
  )
  await write(
    'BTCUSDT_1h_2017_2022.csv.gz',
    Array.from({ length: 48 }, (_, i) => row(FROM + 3_600 * i, 5_000 + i)),
  )
  const path = await loadBlackThursday(dir)
  expect(path.gaps.map(({ treatment }) => treatment)).toEqual(['cut'])
  expect(path.frames).toHaveLength(50)
})

test.each([
  ['a letter', `${FROM + 300},abc,195,193,194,10,test`],
  ['an empty field', `${FROM + 300},,195,193,194,10,test`],
  ['too few fields', `${FROM + 300},194`],
  ['low above open', `${FROM + 300},194,195,194.5,194.6,10,test`],
  ['a negative volume', `${FROM + 300},194,195,193,194,-1,test`],
  ['a zero price', `${FROM + 300},0,0,0,0,1,test`],
  ['a time between bars', `${FROM + 301},194,195,193,194,1,test`],
  ['a time that does not move', `${FROM},194,195,193,194,1,test`],
  ['a time that goes back', `${FROM - 300},194,195,193,194,1,test`],
  ['nothing', ''],
])('error: CandleFileError names file and line: %s', async (_, wrong) => {
  await write('ETHUSDT_5m.csv.gz', [row(FROM, 194), wrong, row(FROM + 600, 194)])
  await write('BTCUSDT_5m.csv.gz', bars(7_934))
  const error = await failure()
  expect(error.file).toBe(join(dir, 'ETHUSDT_5m.csv.gz'))
  expect(error.line).toBe(3)
})

test('error: CandleFileError: missing file, not gzip, cut short, wrong header, no bars', async () => {
  await write('BTCUSDT_5m.csv.gz', bars(7_934))
  const file = join(dir, 'ETHUSDT_5m.csv.gz')
  expect(await failure()).toMatchObject({ file, line: null })
  await writeFile(file, 'ts,open')
  expect(await failure()).toMatchObject({ file, line: 1 })
  await writeFile(file, gzipSync([HEADER, ...bars(194)].join('\n')).subarray(0, 1_000))
  expect((await failure()).file).toBe(file)
  await write('ETHUSDT_5m.csv.gz', bars(194), 'time,price')
  expect(await failure()).toMatchObject({ file, line: 1 })
  await write('ETHUSDT_5m.csv.gz', [row(FROM - 300, 194)])
  expect(await failure()).toMatchObject({ file, line: null })
})

test('error: InvalidInputError', async () => {
  await expect(loadBlackThursday(dir, { every: 0 })).rejects.toThrow(InvalidInputError)
})

test.runIf(process.env.PLIMSOLL_DATA !== undefined)('behavior: the real two days', async () => {
  const path = await loadBlackThursday(process.env.PLIMSOLL_DATA ?? '', { every: 1 })
  expect(path.frames).toHaveLength(576)
  const low = (asset: 'ETH' | 'BTC') =>
    Math.min(...path.frames.map(({ prices }) => numberFromWad(prices[asset])))
  expect(1 - low('ETH') / 2000).toBeGreaterThan(0.5)
  expect(1 - low('BTC') / 40_000).toBeGreaterThan(0.45)
  expect(path.frames.at(-1)!.at - path.frames[0]!.at).toBe(575 * 300)
})
