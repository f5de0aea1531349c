import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { loadDeployment } from '@plimsoll/devnet'
import { createSqliteEventStore } from '@plimsoll/kernel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { runCli, spawnCli } from './runCli.ts'

let folder: string
beforeAll(async () => {
  await loadDeployment() // so that no run has to build it, and to say so
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

const running: ReturnType<typeof spawnCli>[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

/** Starts a run that does not end by itself, and waits for its first line. */
async function start(args: readonly string[]) {
  const child = spawnCli(args)
  running.push(child)
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const line = once(createInterface(child.stdout), 'line')
  const end = once(child, 'close').then(([code]) => [`ended with ${code}: ${err}`])
  const [first] = await Promise.race([line, end])
  return { child, first: String(first), err: () => err }
}

/** Below the ports that systems hand out, so that no chain of another test can be given it in the meantime. */
let lastPort = 20_000 + (process.pid % 8_000)

/** A free port that only this process looks for. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(++lastPort, '127.0.0.1')
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (!isFree) continue
    server.close()
    await once(server, 'close')
    return lastPort
  }
}

/** Whether anything answers there. */
const answers = (rpcUrl: string): Promise<boolean> =>
  fetch(rpcUrl, { method: 'POST', body: '{}' }).then(
    () => true,
    () => false,
  )

/** Waits until nothing answers any more. */
async function silence(rpcUrl: string): Promise<void> {
  while (await answers(rpcUrl)) await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('doctor', () => {
  test('--json: every check with its outcome and what was found', async () => {
    const { code, out, err } = await runCli(['doctor', '--json'])
    expect([code, err]).toEqual([0, ''])
    const { type, findings } = JSON.parse(out)
    expect(type).toBe('doctor')
    expect(findings).toEqual([
      { check: 'Node', outcome: 'ok', found: process.version },
      { check: 'Chain binary', outcome: 'ok', found: expect.stringContaining('1.7.1') },
      // A full disk is a warning, and no fault of the code.
      {
        check: 'Cache',
        outcome: expect.stringMatching(/^(ok|warn)$/),
        found: expect.stringMatching(/\d+ GB free/),
      },
      { check: 'Market data', outcome: 'warn', found: expect.stringContaining('PLIMSOLL_DATA') },
      { check: 'Devnet', outcome: 'ok', found: expect.stringMatching(/block \d+, stopped again/) },
    ])
  })

  test('a data folder without data fails, and the exit code says so', async () => {
    const { code, out, err } = await runCli(['doctor'], { PLIMSOLL_DATA: folder })
    expect(code).toBe(2)
    expect(out).toMatch(/✗.* Market data/)
    expect(err).toMatch(/^INPUT_INSTALLATION: Not ready: Market data\.[^\n]*\n$/)
  })
})

describe('portfolio', () => {
  test('--json: domains with health, legs and liquidation prices, and the reserve', async () => {
    const { code, out, err } = await runCli(['portfolio', '--json'])
    expect([code, err]).toEqual([0, ''])
    const book = JSON.parse(out)
    expect(book).toMatchObject({
      type: 'portfolio',
      owner: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
      block: expect.stringMatching(/^\d+$/),
      weakest: 'Morpho WBTC',
      delta: { ETH: expect.any(Number), BTC: expect.any(Number), USDC: expect.any(Number) },
    })
    const venues = book.domains.map(({ venue }: { venue: string }) => venue)
    expect(venues).toEqual([
      'Aave v3',
      'Morpho WETH',
      'Morpho WBTC',
      'Perp v2',
      'Synthetix ETH',
      'Synthetix BTC',
    ])
    const [aave, unused, , perp, synthetix] = book.domains
    expect(aave).toMatchObject({
      type: 'lending',
      legs: [
        { side: 'collateral', what: 'WETH' },
        { side: 'collateral', what: 'WBTC' },
        { side: 'debt', what: 'USDC', amount: expect.closeTo(500_000, 1) },
      ],
      liquidationPrices: { ETH: expect.any(Number) },
    })
    expect(unused).toMatchObject({ healthFactor: null, equity: 0, legs: [] })
    expect(perp).toMatchObject({
      type: 'perp',
      legs: [
        { side: 'margin', what: 'USDC', amount: 60_000 },
        { side: 'long', what: 'ETH-PERP' },
      ],
    })
    expect(synthetix).toMatchObject({
      type: 'perp',
      legs: [
        { side: 'margin', what: 'sUSD' },
        { side: 'long', what: 'sETHPERP' },
      ],
    })
    const parts = book.domains.map(({ equity }: { equity: number }) => equity)
    const reserve = book.reserve.find(({ token }: { token: string }) => token === 'USDC').amount
    const sum = parts.reduce((a: number, b: number) => a + b, reserve)
    expect(book.equity).toBeCloseTo(sum, 2)
  })

  test('on a node that is not there: one line', async () => {
    const rpc = 'http://127.0.0.1:1'
    const { code, out, err } = await runCli(['portfolio', '--rpc', rpc])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^VENUE_NODE_UNREACHABLE: No node answers at [^\n]+\n$/)
  })
})

describe('devnet', () => {
  test('says where it is, serves a portfolio there, and leaves nothing behind', async () => {
    const port = await freePort()
    const { child, first } = await start(['devnet', '--port', String(port), '--json'])
    const ready = JSON.parse(first)
    expect(ready).toEqual({
      type: 'ready',
      rpcUrl: `http://127.0.0.1:${port}`,
      owner: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
    })

    const book = await runCli(['portfolio', '--rpc', ready.rpcUrl, '--owner', ready.owner])
    expect([book.code, book.err]).toEqual([0, ''])
    expect(book.out).toMatch(/^Portfolio of 0x.+\n[\s\S]+Aave v3 {2}health 1\.\d{3}/)
    const empty = await runCli([
      'portfolio',
      '--rpc',
      ready.rpcUrl,
      '--owner',
      `0x${'5'.repeat(40)}`,
    ])
    expect([empty.code, empty.out.includes('No reserve')]).toEqual([0, true])

    for (const command of ['devnet', 'demo']) {
      const report = join(folder, 'unused.html')
      const args = command === 'demo' ? ['--report', report] : []
      const second = await runCli([command, '--port', String(port), ...args])
      expect([second.code, second.out]).toEqual([1, ''])
      expect(second.err).toMatch(/^VENUE_NODE_START: [^\n]*[Aa]ddress already in use[^\n]*\n$/)
    }

    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    await silence(ready.rpcUrl)
  })
})

describe('demo', () => {
  const startDemo = async (...args: readonly string[]) => {
    const demo = await start(['demo', '--json', '--report', join(folder, 'r.html'), ...args])
    expect(JSON.parse(demo.first)).toMatchObject({ type: 'frame', index: 0 })
    return demo
  }

  test('whose output nobody reads any more ends quietly', async () => {
    const { child, err } = await startDemo()
    child.stdout.destroy()
    const [code] = await once(child, 'close')
    expect(code).toBe(0)
    expect(err()).not.toMatch(/Error|EPIPE/)
  })

  test('killed in the middle: the chain goes with it, the log is whole, and is not taken for another chain', async () => {
    const port = await freePort()
    const log = join(folder, 'log.sqlite')
    const { child } = await startDemo('--port', String(port), '--log', log)
    child.kill('SIGKILL')
    await once(child, 'close')
    await silence(`http://127.0.0.1:${port}`)

    const store = createSqliteEventStore(log)
    const events = store.read()
    store.close()
    expect(events.some(({ event }) => event.type === 'frame.observed')).toBe(true)

    const again = await runCli(['demo', '--log', log, '--report', join(folder, 'r.html')])
    expect([again.code, again.out]).toEqual([2, ''])
    expect(again.err).toMatch(
      /^INPUT_INVALID: --log is "[^\n]*\d+ events of an earlier demo[^\n]*\n$/,
    )
  })

  test('with a log that is no log: one line, and the file as it was', async () => {
    const log = join(folder, 'letter.txt')
    await writeFile(log, 'Dear diary')
    const { code, out, err } = await runCli([
      'demo',
      '--log',
      log,
      '--report',
      join(folder, 'r.html'),
    ])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^DATA_EVENT_STORE_CORRUPT: [^\n]+\n$/)
    expect(await readFile(log, 'utf8')).toBe('Dear diary')
  })
})
