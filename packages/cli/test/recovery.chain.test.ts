import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Event, Hex, SubmissionLane } from '@plimsoll/domain'
import { createChainHead, createPublicLane, erc20Abi } from '@plimsoll/evm'
import {
  type AgentHost,
  createSettableClock,
  createSqliteEventStore,
  type TickReport,
} from '@plimsoll/kernel'
import {
  createStaticThreshold,
  DEFAULT_STATIC_THRESHOLD,
  type StaticThresholdConfig,
} from '@plimsoll/risk'
import { createWalletClient, http } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { composeAgent } from '../src/compose/composeAgent.ts'
import { type Book, readBook } from './readBook.ts'
import { type Stage, startStage } from './startStage.ts'

/** Both loans on Morpho are below this, so that two orders of two calls each are due at once. */
const ENGINE: StaticThresholdConfig = {
  ...DEFAULT_STATIC_THRESHOLD,
  restoreBelow: 1.65,
  restoreTo: 1.7,
  boostTo: 1.8,
  donorFloor: 3,
}

let stage: Stage
let owner: Address
let folder: string
let restore: () => Promise<void>
let before: Book
let firstNonce: number

beforeAll(async () => {
  stage = await startStage()
  owner = stage.devnet.accounts.owner.address
})
afterAll(() => stage?.devnet.stop())
beforeEach(async () => {
  restore = await stage.checkpoint()
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-recovery-'))
  before = await readBook(stage.devnet, owner)
  firstNonce = await nonceOfOwner()
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await restore()
})

const nonceOfOwner = () => stage.client.getTransactionCount({ address: owner })

/** One life of an agent on the log of the test. */
type Life = {
  readonly host: AgentHost
  tick(): Promise<TickReport>
  events(): readonly Event[]
  end(): void
}

async function live(lane?: SubmissionLane): Promise<Life> {
  const { client, venues, executor, devnet } = stage
  const store = createSqliteEventStore(join(folder, 'log.sqlite'))
  const head = createChainHead(client)
  const { timestamp } = await head.latest()
  const frame = await stage.frame()
  const composed: Parameters<typeof composeAgent>[0] = {
    client,
    venues,
    owner: devnet.accounts.owner,
    executor,
    store,
    clock: createSettableClock(Number(timestamp) * 1000),
    createEngine: ({ routes }) => ({
      engine: createStaticThreshold({ config: ENGINE, routes }),
    }),
    opened: frame,
  }
  const host = await composeAgent(lane === undefined ? composed : { ...composed, lane })
  return {
    host,
    tick: async () => host.tick(await head.latest()),
    events: () => store.read().map(({ event }) => event),
    end() {
      host.stop()
      store.close()
    },
  }
}

/** A lane that counts what is sent. */
function countingLane(): SubmissionLane & { readonly sent: Hex[] } {
  const lane = createPublicLane(stage.client)
  const sent: Hex[] = []
  return {
    ...lane,
    sent,
    send(transaction) {
      sent.push(transaction.hash)
      return lane.send(transaction)
    },
  }
}

/**
 * Lives until the `nth` transaction is to be sent, and stops dead there: whatever was to come after never comes.
 *
 * @param moment - `before`: the bytes are journaled and never leave. `after`: they leave, and nobody hears of it.
 * @returns Hashes that were journaled.
 */
async function dieAtSend(nth: number, moment: 'before' | 'after'): Promise<readonly Hex[]> {
  const lane = createPublicLane(stage.client)
  const death = Promise.withResolvers<void>()
  let sends = 0
  const life = await live({
    ...lane,
    async send(transaction) {
      sends += 1
      if (sends < nth) return lane.send(transaction)
      if (moment === 'after') await lane.send(transaction)
      death.resolve()
      return new Promise(() => {})
    },
  })
  expect(await life.host.start()).toBe('watching')
  const lived = life.tick().then((report) => report.plan?.why ?? report.failures)
  expect(await Promise.race([death.promise, lived])).toBe(undefined)
  const signed = signedOf(life.events())
  expect(signed.length).toBe(nth)
  life.end()
  return signed
}

const signedOf = (events: readonly Event[]): readonly Hex[] =>
  events.flatMap((event) => (event.type === 'transaction.signed' ? [event.hash] : []))

/** Every transaction of the owner since the test began, as the chain has them. */
async function onChain(): Promise<readonly Hex[]> {
  const { client } = stage.devnet
  const found: { hash: Hex; nonce: number }[] = []
  for (let number = await client.getBlockNumber(); number > 0n; number--) {
    const { transactions } = await client.getBlock({
      blockNumber: number,
      includeTransactions: true,
    })
    const own = transactions.filter(({ from }) => from.toLowerCase() === owner.toLowerCase())
    found.push(...own.filter(({ nonce }) => nonce >= firstNonce))
    if (own.some(({ nonce }) => nonce < firstNonce)) break
  }
  return found.toSorted((a, b) => a.nonce - b.nonce).map(({ hash }) => hash)
}

/** Both orders were carried out, each once. */
async function expectBothRepaid(): Promise<void> {
  const after = await readBook(stage.devnet, owner)
  const paid = before.wallet.USDC - after.wallet.USDC
  const due = (['WBTC', 'WETH'] as const).map((market) => {
    const { owed } = before.morpho[market]
    return Number(owed) * (1 - 1.6 / 1.7)
  })
  const expected = due.reduce((a, b) => a + b)
  expect(Math.abs(Number(paid) / expected - 1)).toBeLessThan(1e-3)
}

/** Last state of every order. */
function statesOf(events: readonly Event[]): ReadonlyMap<string, string> {
  const states = new Map<string, string>()
  for (const event of events) if (event.type === 'order.moved') states.set(event.order, event.state)
  return states
}

test.each([
  ['before the first send', 1, 'before', 2],
  ['after the first send', 1, 'after', 2],
  ['before the second call of an order', 2, 'before', 1],
  ['after the second call of an order', 2, 'after', 1],
  ['before the second order', 3, 'before', 1],
  ['after the last send', 4, 'after', 0],
] as const)(
  'killed %s: nothing is sent twice, every order ends, the agent goes on',
  async (_, nth, moment, due) => {
    const signed = await dieAtSend(nth, moment)
    expect(await nonceOfOwner()).toBe(firstNonce + nth - (moment === 'before' ? 1 : 0))

    const lane = countingLane()
    const life = await live(lane)
    expect(await life.host.start()).toBe('watching')
    expect(lane.sent).toEqual(moment === 'before' ? [signed.at(-1)] : [])
    expect(await onChain()).toEqual(signed)
    expect(signedOf(life.events())).toEqual(signed)
    for (const [order, state] of statesOf(life.events()))
      expect(['reconciled', 'refused'], order).toContain(state)

    const { plan } = await life.tick()
    expect(plan?.actions.length).toBe(due)
    expect(await onChain()).toEqual(signedOf(life.events()))
    await expectBothRepaid()
    const { plan: next } = await life.tick()
    expect(next?.actions).toEqual([])
    life.end()
  },
)

test('killed before a send while another program takes the nonce: the order ends, the agent goes on', async () => {
  const signed = await dieAtSend(2, 'before')
  const { client, accounts, deployment } = stage.devnet
  const foreign = await createWalletClient({
    account: accounts.owner,
    chain: client.chain,
    transport: http(stage.devnet.rpcUrl),
  }).writeContract({
    address: deployment.tokens.USDC.address,
    abi: erc20Abi,
    functionName: 'approve',
    args: [accounts.stranger.address, 0n],
  })
  await client.waitForTransactionReceipt({ hash: foreign })

  const life = await live()
  expect(await life.host.start()).toBe('watching')
  expect(await onChain()).toEqual([signed[0], foreign])
  const reasons = life
    .events()
    .flatMap((event) =>
      event.type === 'order.moved' && event.state === 'reconciled' ? [event] : [],
    )
  expect(reasons.map(({ reason }) => reason).join()).toMatch(
    /nonce \d+ was used by another transaction/,
  )

  const { plan } = await life.tick()
  expect(plan?.actions.length).toBe(2)
  await expectBothRepaid()
  expect((await onChain()).slice(2)).toEqual(signedOf(life.events()).slice(2))
  life.end()
})

test('a quiet end and a new start: nothing is sent', async () => {
  const first = await live()
  await first.host.start()
  await first.tick()
  first.end()
  const signed = signedOf(await eventsOf())
  expect(signed.length).toBe(4)

  const lane = countingLane()
  const second = await live(lane)
  expect(await second.host.start()).toBe('watching')
  const { plan } = await second.tick()
  expect(plan?.actions).toEqual([])
  expect(lane.sent).toEqual([])
  expect(await onChain()).toEqual(signed)
  second.end()
})

/** What the log of a dead agent holds. */
async function eventsOf(): Promise<readonly Event[]> {
  const store = createSqliteEventStore(join(folder, 'log.sqlite'))
  const events = store.read().map(({ event }) => event)
  store.close()
  return events
}
