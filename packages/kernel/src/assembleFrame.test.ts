import {
  type AssetId,
  type ChainHead,
  IncompleteFrameError,
  InvariantError,
  type LendingVenue,
  type PriceSource,
  price,
  type SpotSource,
  StalePriceError,
  type SwapVenue,
  VenueReadError,
} from '@plimsoll/domain'
import { createSimulatedWorld, type SimulatedWorld } from '@plimsoll/testkit'
import { beforeEach, expect, test } from 'vitest'
import { assembleFrame, type FrameSources } from './assembleFrame.ts'

let world: SimulatedWorld
let sources: FrameSources

beforeEach(async () => {
  world = await createSimulatedWorld()
  sources = {
    lending: [world.first, world.second],
    perps: [world.perp],
    swaps: [world.pool],
    prices: [world.oracle],
    spot: world.spot,
    quoteAssets: ['USDC'],
  }
})

const assemble = async (over: Partial<FrameSources & { readonly head: ChainHead }> = {}) =>
  assembleFrame({
    ...sources,
    head: world.chain,
    ...over,
    owner: world.owner,
    block: await world.chain.latest(),
  })

/** What a promise is rejected with. */
const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('a frame'),
    (error: unknown) => error,
  )

const failing = (what: string) => async () => {
  throw new VenueReadError({ venue: 'node', what, cause: 'timeout' })
}

test('default: every leg, domain, price and token at one block', async () => {
  const block = await world.chain.latest()
  const frame = await assemble()
  expect(frame.block).toEqual(block)
  expect(frame.portfolio.domains.map(({ id }) => id)).toEqual([
    world.first.domainOf(world.owner),
    world.second.domainOf(world.owner),
    world.perp.domainOf(world.owner),
  ])
  expect(frame.lending).toHaveLength(2)
  expect(frame.perps).toHaveLength(1)
  expect(frame.oraclePrices.get('ETH')).toBe(2_000)
  expect(frame.marketPrices.get('ETH')).toBeCloseTo(2_000, 6)
  expect(frame.marketPrices.get('USDC')).toBe(1)
  expect(frame.prices.map(({ asset }) => asset)).toEqual(['ETH', 'BTC', 'USDC'])
  expect(frame.portfolio.spot.find(({ token }) => token.symbol === 'USDC')?.raw).toBe(
    17_500_000_000n,
  )
})

test('behavior: a frame of an old block stays what it was', async () => {
  const block = await world.chain.latest()
  const before = await assembleFrame({ ...sources, head: world.chain, owner: world.owner, block })
  await world.movePrice('ETH', 0.8)
  const again = await assembleFrame({ ...sources, head: world.chain, owner: world.owner, block })
  expect(again.oraclePrices).toEqual(before.oraclePrices)
  expect(again.lending).toEqual(before.lending)
  expect((await assemble()).oraclePrices.get('ETH')).toBe(1_600)
})

test('behavior: oracle and market prices part when only the oracle moves', async () => {
  world.oracle.publish('ETH', price(1_500n * 10n ** 18n))
  const frame = await assemble()
  expect(frame.oraclePrices.get('ETH')).toBe(1_500)
  expect(frame.marketPrices.get('ETH')).toBeCloseTo(2_000, 6)
})

test('behavior: the deepest market of an asset gives its price', async () => {
  const [reading] = await world.pool.read(await world.chain.latest())
  const shallow: SwapVenue = {
    ...world.pool,
    id: 'shallow',
    read: async () => [
      { ...reading!, venue: 'shallow', spot: price(1n), depthUp: (reading!.depthUp / 2n) as never },
    ],
  }
  const frame = await assemble({ swaps: [shallow, world.pool] })
  expect(frame.marketPrices.get('ETH')).toBeCloseTo(2_000, 6)
  expect(frame.depth).toHaveLength(2)
})

test('error: IncompleteFrameError names every read that failed and keeps the causes', async () => {
  const broken: LendingVenue = { ...world.first, read: failing('positions') }
  const deaf: SwapVenue = { ...world.pool, read: failing('depth') }
  const error = await rejection(assemble({ lending: [broken, world.second], swaps: [deaf] }))
  expect(error).toBeInstanceOf(IncompleteFrameError)
  const { message, recovery, cause } = error as IncompleteFrameError
  expect(recovery).toBe('refresh')
  expect(message).toContain(`positions of ${world.first.id}, depth of ${world.pool.id}`)
  expect((cause as AggregateError).errors.every((each) => each instanceof VenueReadError)).toBe(
    true,
  )
})

test('error: IncompleteFrameError keeps a stale price as its cause', async () => {
  world.chain.mine(90_000)
  const error = await rejection(assemble())
  expect(error).toBeInstanceOf(IncompleteFrameError)
  expect((error as IncompleteFrameError).cause).toBeInstanceOf(StalePriceError)
})

test('error: IncompleteFrameError when an asset has no market and none is configured', async () => {
  for (const quoteAssets of [[], ['BTC']] as readonly (readonly AssetId[])[])
    expect(await rejection(assemble({ quoteAssets }))).toMatchObject({
      name: 'IncompleteFrameError',
      message: expect.stringContaining('market price of '),
    })
})

test('error: IncompleteFrameError when a source says zero', async () => {
  const silent: PriceSource = {
    ...world.oracle,
    read: async (block) =>
      (await world.oracle.read(block)).map((each) => ({ ...each, price: price(0n) })),
  }
  const frame = assemble({ lending: [], perps: [], prices: [silent] })
  expect(await rejection(frame)).toMatchObject({
    message: expect.stringContaining('oracle price of ETH'),
  })
})

test('error: IncompleteFrameError when a reorg replaces the block after it was read', async () => {
  const reorganised: SpotSource = {
    async read(account, block) {
      const amounts = await world.spot.read(account, block)
      await new Promise((resolve) => setImmediate(resolve)) // all other reads have come
      world.chain.reorg(1)
      world.chain.mine()
      return amounts
    },
  }
  const seen = await world.chain.latest()
  const error = await rejection(assemble({ spot: reorganised }))
  expect(error).toBeInstanceOf(IncompleteFrameError)
  expect(error).toMatchObject({ recovery: 'refresh', message: expect.stringContaining(seen.hash) })
  const now = await world.chain.latest()
  expect([now.number, now.hash === seen.hash]).toEqual([seen.number, false])
  expect((await assemble()).block).toEqual(now)
})

test('error: IncompleteFrameError when the chain cannot say whether the block stands', async () => {
  const head: ChainHead = { ...world.chain, isCanonical: failing('a block') }
  const error = await rejection(assemble({ head }))
  expect(error).toBeInstanceOf(IncompleteFrameError)
  expect((error as IncompleteFrameError).cause).toBeInstanceOf(VenueReadError)
})

test('error: InvariantError when a venue is listed twice', async () => {
  expect(await rejection(assemble({ lending: [world.first, world.first] }))).toBeInstanceOf(
    InvariantError,
  )
})
