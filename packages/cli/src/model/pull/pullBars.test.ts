import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXCHANGES } from './Exchange.ts'
import { type Page, type PullPorts, pullBars } from './pullBars.ts'

// Pages in the form that the exchanges document for their public kline endpoints.
const T = 1_704_067_200
const binanceRow = (k: number): unknown[] => [
  (T + 300 * k) * 1000,
  '42283.58000000',
  '42397.23000000',
  '42261.02000000',
  '42330.50000000',
  '85.28102000',
  (T + 300 * k) * 1000 + 299_999,
  '3609431.32',
  3_881,
  '41.02',
  '1736113.79',
  '0',
]
const bybitRow = (k: number): unknown[] => [
  String((T + 300 * k) * 1000),
  '42314.5',
  '42420',
  '42290',
  '42361.9',
  '310.123',
  '13131313.13',
]
const bybitPage = (...rows: readonly unknown[]) => ({
  retCode: 0,
  retMsg: 'OK',
  result: { category: 'linear', symbol: 'BTCUSDT', list: rows },
  time: 1,
})

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pull-'))
  file = join(folder, 'btc.csv')
})
afterEach(() => rm(folder, { recursive: true }))

/** Plays pages in order and keeps what was asked for. */
function play(pages: readonly (Partial<Page> | Error)[], now = T + 300 * 10 + 1) {
  const urls: string[] = []
  const sleeps: number[] = []
  const left = [...pages]
  const ports: PullPorts = {
    get: async (url) => {
      urls.push(url)
      const page = left.shift() ?? { body: [] }
      if (page instanceof Error) throw page
      return { status: 200, retryAfter: null, body: null, ...page }
    },
    sleep: async (ms) => void sleeps.push(ms),
    now: () => now,
    onProgress: () => {},
  }
  return { ports, urls, sleeps }
}

const pull = (ports: PullPorts, change: Partial<Parameters<typeof pullBars>[0]> = {}) =>
  pullBars(
    {
      exchange: EXCHANGES.binance_spot,
      symbol: 'BTCUSDT',
      from: T,
      to: Number.POSITIVE_INFINITY,
      file,
      ...change,
    },
    ports,
  )
const times = async (): Promise<number[]> =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => (Number(line.split(',')[0]) - T) / 300)

describe('default', () => {
  test('page after page into the format that models read, without the bar of now', async () => {
    const { ports, urls } = play([
      { body: [0, 1, 2].map(binanceRow) },
      { body: [3, 4, 5, 6, 7, 8, 9, 10].map(binanceRow) },
    ])
    const { added, findings } = await pull(ports)
    expect([added, findings]).toEqual([10, []])
    expect(await times()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect((await readFile(file, 'utf8')).split('\n')[1]).toBe(
      `${T},42283.58000000,42397.23000000,42261.02000000,42330.50000000,85.28102000,binance_spot`,
    )
    expect(urls.map((url) => new URL(url).searchParams.get('startTime'))).toEqual([
      String(T * 1000),
      String((T + 900) * 1000),
    ])
  })

  test('behavior: an exchange that tells the newest first', async () => {
    const { ports } = play([{ body: bybitPage(...[2, 1, 0].map(bybitRow)) }], T + 901)
    await pull(ports, { exchange: EXCHANGES.bybit_linear })
    expect(await times()).toEqual([0, 1, 2])
  })

  test('behavior: goes on after the last bar, cutting a torn line off', async () => {
    await pull(play([{ body: [0, 1].map(binanceRow) }], T + 601).ports)
    await writeFile(file, `${await readFile(file, 'utf8')}${T + 600},42283`)
    const { ports, urls } = play([{ body: [2, 3].map(binanceRow) }], T + 1_201)
    expect((await pull(ports)).added).toBe(2)
    expect(urls[0]).toContain(`startTime=${(T + 600) * 1000}`)
    expect(await times()).toEqual([0, 1, 2, 3])
  })

  test('behavior: what the exchange lacks stays a hole and is found', async () => {
    const { ports } = play([{ body: [0, 1, 5, 6, 7, 8, 9].map(binanceRow) }])
    const { findings } = await pull(ports)
    expect(findings.map(({ type, bars }) => [type, bars])).toEqual([['gap', 3]])
  })

  test('behavior: a busy server is asked again, as late as it says', async () => {
    const { ports, sleeps } = play(
      [
        { status: 429, retryAfter: 7 },
        new Error('socket hang up'),
        { status: 503 },
        { body: [0].map(binanceRow) },
      ],
      T + 301,
    )
    expect((await pull(ports)).added).toBe(1)
    expect(sleeps.slice(0, 3)).toEqual([7_000, 4_000, 8_000])
  })
})

describe('error: InvalidInputError', () => {
  test('a symbol that the exchange does not know', async () => {
    const body = { code: -1121, msg: 'Invalid symbol.' }
    await expect(pull(play([{ status: 400, body }]).ports)).rejects.toThrow(InvalidInputError)
  })
  test('an answer that is no page of klines', async () => {
    await expect(pull(play([{ body: { msg: 'hello' } }]).ports)).rejects.toThrow(InvalidInputError)
    await expect(pull(play([{ body: [[1, 2]] }]).ports)).rejects.toThrow(InvalidInputError)
  })
  test('a file of another format is left alone', async () => {
    await writeFile(file, 'time;price\n')
    await expect(pull(play([]).ports)).rejects.toThrow(InvalidInputError)
    expect(await readFile(file, 'utf8')).toBe('time;price\n')
  })
})
