import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from './runCli.ts'

const PATIENCE = 60_000 // a start is a second of work, on a machine that may have other work

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A run that is refused: nothing on stdout, one line on stderr, an exit code of its own. */
async function refusal(args: readonly string[], env?: Record<string, string>): Promise<string> {
  const { code, out, err } = await runCli(args, env)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(/^[^\n]+\n$/)
  expect(err).not.toMatch(/\.\./)
  return err
}

describe('what cannot be run is refused in one line before anything is started', () => {
  test.each([
    ['an unknown command', ['sink'], 'Unknown command "sink"; allowed: demo, portfolio,'],
    ['an unknown flag', ['demo', '--sede', '3'], 'argument of plimsoll demo is "--sede"'],
    ['a wrong value', ['demo', '--seed', 'x'], '--seed is "x"; allowed: a whole number'],
    ['a wrong owner', ['portfolio', '--owner', '0x12'], '--owner is "0x12"; allowed: 0x and 40'],
    ['a node that is no URL', ['portfolio', '--rpc', 'ftp://x'], 'allowed: an http or https URL'],
    [
      'real data that is nowhere',
      ['demo', '--scenario', 'black-thursday'],
      'PLIMSOLL_DATA is "unset"; allowed: a folder with ETHUSDT_5m.csv.gz',
    ],
  ])('%s', { timeout: PATIENCE }, async (_, args, words) => {
    expect(await refusal(args)).toContain(words)
  })

  test('a folder without the data', { timeout: PATIENCE }, async () => {
    const err = await refusal(['demo', '--scenario', 'black-thursday'], { PLIMSOLL_DATA: folder })
    expect(err).toContain(`${join(folder, 'ETHUSDT_5m.csv.gz')}: found no such file`)
  })

  test('a row that is no bar, by file and line', { timeout: PATIENCE }, async () => {
    const from = Date.UTC(2020, 2, 12) / 1000
    const row = (i: number) => `${from + 300 * i},200,201,199,200,10`
    const broken = row(2).replace('201', '20l')
    const write = (name: string, ...rows: readonly string[]) =>
      writeFile(join(folder, name), gzipSync(`ts,open,high,low,close,volume\n${rows.join('\n')}\n`))
    await write('BTCUSDT_5m.csv.gz', row(0), row(1))
    await write('ETHUSDT_5m.csv.gz', row(0), row(1), broken, row(3))
    const err = await refusal(['demo', '--scenario', 'black-thursday'], { PLIMSOLL_DATA: folder })
    const where = join(folder, 'ETHUSDT_5m.csv.gz:4')
    expect(err).toContain(`${where}: found row ${JSON.stringify(broken)}`)
  })

  test('a report that cannot be written', { timeout: PATIENCE }, async () => {
    const file = join(folder, 'plain')
    await writeFile(file, '')
    for (const report of [join(file, 'report.html'), folder]) {
      const err = await refusal(['demo', '--report', report])
      expect(err).toContain(`--report is ${JSON.stringify(report)}; allowed: a file in a folder`)
    }
  })

  test('an event log in no folder', { timeout: PATIENCE }, async () => {
    const [log, report] = [join(folder, 'none', 'log.db'), join(folder, 'report.html')]
    const err = await refusal(['demo', '--log', log, '--report', report])
    expect(err).toContain(`event log is ${JSON.stringify(log)}; allowed: a file in a folder`)
  })
})

describe('help', () => {
  test('names every command', { timeout: PATIENCE }, async () => {
    const { code, out, err } = await runCli([])
    expect([code, err]).toEqual([0, ''])
    for (const name of ['demo', 'portfolio', 'devnet', 'doctor'])
      expect(out).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
  })

  test.each([
    [
      'demo',
      [
        'scenario',
        'seed',
        'speed',
        'every',
        'engine',
        'model',
        'governor',
        'compare',
        'seeds',
        'venues',
        'report',
        'log',
        'port',
        'json',
      ],
    ],
    ['portfolio', ['rpc', 'owner', 'json']],
    ['devnet', ['port', 'json']],
    ['doctor', ['json']],
  ])(
    'of %s shows its flags and examples that it takes',
    { timeout: PATIENCE },
    async (name, flags) => {
      const { code, out, err } = await runCli([name, '--help'])
      expect([code, err]).toEqual([0, ''])
      expect([...out.matchAll(/^ {2}--(\w+)/gm)].map(([, flag]) => flag)).toEqual(flags)
      const examples = [...out.matchAll(/^ {2}plimsoll (\w+)(.*?)(?: {2,}|$)/gm)]
      expect(examples.length).toBeGreaterThan(1)
      for (const [, command, rest] of examples) {
        expect(command).toBe(name)
        for (const [, flag] of rest?.matchAll(/--(\w+)/g) ?? []) expect(flags).toContain(flag)
      }
    },
  )
})
