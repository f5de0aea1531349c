import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidInputError } from '@plimsoll/domain'
import { type Bars, FEATURES, ModelHashError, parseForecasts, walkBars } from '@plimsoll/forecast'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { DEFAULT_MODEL, FALLBACK_MODEL } from '../src/model/DEFAULT_MODEL.ts'
import { modelCommand } from '../src/model/modelCommand.ts'
import { assetOf } from '../src/model/modelFlags.ts'

// Threads start slowly on a busy machine.
const timeout = 120_000
const DAYS = 75
let folder = ''
const at = (name: string): string => join(folder, name)
const printed: string[] = []
const run = async (...argv: readonly string[]): Promise<string> => {
  printed.length = 0
  await modelCommand.run(argv)
  return printed.join('\n')
}

/** Bars as CSV; missing ones stay away. */
function csv(bars: Bars): string {
  const lines = ['ts,open,high,low,close,volume']
  for (let i = 0; i < bars.length; i++)
    if (bars.present[i] === 1)
      lines.push(
        `${bars.start + 300 * i},${bars.open[i]},${bars.high[i]},${bars.low[i]},${bars.close[i]},${bars.volume[i]}`,
      )
  return lines.join('\n')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'))
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line))
  vi.spyOn(console, 'error').mockImplementation(() => {})
  for (const [asset, seed, gaps] of [
    ['BTC', 1, 0],
    ['ETH', 2, 0.01],
    ['NEW', 3, 0.005],
  ] as const)
    await writeFile(
      at(`${asset}USDT_5m.csv`),
      csv(walkBars({ asset, seed, gaps, length: DAYS * 288, sigmaDay: 0.04 })),
    )
})
afterAll(() => rm(folder, { recursive: true }))
const bars = () => `BTC=${at('BTCUSDT_5m.csv')},ETH=${at('ETHUSDT_5m.csv')}`

describe('model forecast', { timeout }, () => {
  test('default: every origin of an asset never seen, with gaps, alone and with a market', async () => {
    await run('forecast', '--bars', at('NEWUSDT_5m.csv'), '--out', at('alone.csv'))
    const alone = parseForecasts(await readFile(at('alone.csv'), 'utf8'), 'alone.csv')
    await run('forecast', '--bars', at('NEWUSDT_5m.csv'), '--market', bars(), '--out', at('m.csv'))
    const market = parseForecasts(await readFile(at('m.csv'), 'utf8'), 'm.csv')
    // 20 % of thirty days come first; an origin needs every bar of its last quarter of an hour.
    expect(alone.length).toBeGreaterThan(0.95 * 3 * 24 * (DAYS - 6))
    expect(market.length).toBe(alone.length)
    expect(market.some(({ variance }, i) => variance !== alone[i]!.variance)).toBe(true)
    for (const { asset, timestamp, variance, quantiles, barriers } of alone) {
      expect([asset, timestamp % 3_600, variance > 0]).toEqual(['NEW', 0, true])
      const [q005, q01, q99, q995] = quantiles!
      expect(q005 < q01 && q01 < 0 && 0 < q99 && q99 < q995).toBe(true)
      expect(barriers!.every((p, k) => p > 0 && p < (barriers![k - 1] ?? 1))).toBe(true)
    }
  })

  test('behavior: the asset is in the name of the file', () => {
    expect(
      ['/x/SOLUSDT_5m.csv.gz', 'link.csv', 'DOGE-USD.csv', 'usdc_5m.csv', '.csv'].map(assetOf),
    ).toEqual(['SOL', 'LINK', 'DOGE', 'USDC', 'ASSET'])
  })

  test('error: InvalidInputError', async () => {
    await expect(run('forecast')).rejects.toThrow(InvalidInputError)
    await expect(run('forecast', '--bars', at('none.csv'))).rejects.toThrow(InvalidInputError)
    await expect(run('predict')).rejects.toThrow(InvalidInputError)
  })
})

describe('model check', { timeout }, () => {
  for (const model of [DEFAULT_MODEL, FALLBACK_MODEL])
    test(`the repository's ${model.split('/').at(-1)} passes`, async () => {
      // How fast this machine is at the moment is no matter of a test.
      const text = await run('check', model, '--json').catch(() => printed.join('\n'))
      const { results } = JSON.parse(text) as { results: { name: string; passed: boolean }[] }
      expect(
        results.filter(({ name, passed }) => !passed && name !== 'speed').map(({ name }) => name),
      ).toEqual([])
      expect(results.length).toBe(7)
    })

  test('error: a graph that its manifest was not written for', async () => {
    const other = await mkdtemp(join(folder, 'other-'))
    await writeFile(
      join(other, 'manifest.json'),
      await readFile(join(DEFAULT_MODEL, 'manifest.json')),
    )
    await writeFile(join(other, 'model.onnx'), await readFile(join(FALLBACK_MODEL, 'model.onnx')))
    await expect(run('check', other)).rejects.toThrow(ModelHashError)
  })
})

test('model eval: a leaderboard against models fitted before the window, and a report', {
  timeout,
}, async () => {
  const from = '2024-02-25'
  const text = await run(
    ...['eval', DEFAULT_MODEL, '--bars', bars(), '--from', from, '--to', '2024-03-14'],
    ...['--report', at('report.html')],
  )
  for (const name of ['vol-quantile@', 'ewma-0.94', 'garch-1-1', 'har-log@fitted', 'har-x@fitted'])
    expect(text).toContain(name)
  const html = await readFile(at('report.html'), 'utf8')
  for (const part of ['Reliability', 'Coverage over time', 'Worst days, enlarged'])
    expect(html).toContain(part)
  expect(html).not.toMatch(/NaN,|https?:\/\/(?!www\.w3)/)
})

test('model shadow and promote: logged once, refused until the gate is passed', {
  timeout,
}, async () => {
  const flags = ['--candidate', FALLBACK_MODEL, '--bars', bars(), '--log', at('shadow.jsonl')]
  expect(await run('shadow', ...flags, '--from', '2024-03-10')).toContain('Not yet')
  const lines = (await readFile(at('shadow.jsonl'), 'utf8')).trimEnd().split('\n').length
  await run('shadow', ...flags)
  expect((await readFile(at('shadow.jsonl'), 'utf8')).trimEnd().split('\n').length).toBe(lines)
  await expect(run('promote', ...flags, '--active', at('active.json'))).rejects.toThrow(
    /origins scored, at least 672/,
  )
})

test('model features: names and units for a manifest', async () => {
  const text = await run('features', '--list')
  for (const { name } of FEATURES) expect(text).toContain(name)
})
