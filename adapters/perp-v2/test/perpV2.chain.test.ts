import {
  type Address,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
  price,
  RevertedError,
  VenueReadError,
} from '@plimsoll/domain'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { domainId } from '../src/domainId.ts'
import { createPerpV2, UnsupportedAccountError } from '../src/index.ts'
import { createPerpMarket, type PerpMarket, type Sent } from './createPerpMarket.ts'

const ONE = 10n ** 18n
let on: PerpMarket
let account: Address

beforeAll(async () => {
  on = await createPerpMarket()
  account = await on.account()
  const raw = 50_000_000_000n
  await on.devnet.mint('USDC', account, raw)
  const { venue, config } = on
  const supply = { type: 'supply', token: config.marginToken, raw, ...named() } as const
  for (const call of venue.encode(supply, context(2n ** 40n))) await on.send(call, account)
})
afterAll(() => on?.devnet.stop())

const named = () => ({ venue: on.venue.id, domain: domainId(on.venue.id, account) })
const context = (deadline: bigint) => ({ owner: account, sender: account, deadline })
const wish = (size: bigint) =>
  ({ type: 'trade', ...named(), market: 'ETH', asset: 'ETH', size, reduceOnly: false }) as const

async function buy(size: bigint, deadline: bigint): Promise<Sent> {
  const [call] = on.venue.encode({ ...wish(size), limit: 2n ** 128n }, context(deadline))
  return call === undefined ? { type: 'reverted', data: '0x' } : on.send(call, account)
}

test('a quote knows how far the market may move within 15 seconds, and when that is over', async () => {
  const quote = async () => on.venue.quote(wish(5_000n * ONE), await on.latest(), account) // + 5 %
  await on.pullPool('ETH', 1_880)
  await on.pullPool('ETH', 1_881) // the 15 seconds start here
  await on.pullPool('ETH', 2_000, 1)
  const refused = await quote().catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(RevertedError)
  expect(refused).toMatchObject({ reason: expect.stringMatching(/^EX_OPLAS: /) })
  await on.devnet.mine(15)
  expect((await quote()).notional > 10_000_000n * ONE).toBe(true)
})

test('a trade after its deadline is refused by name', async () => {
  const { timestamp } = await on.latest()
  const sent = await buy(ONE, timestamp)
  expect(sent.type).toBe('reverted')
  const error = sent.type === 'reverted' ? on.venue.decodeRevert(sent.data) : null
  expect(error).toMatchObject({ code: 'VENUE_EXPIRED' })
})

test('an account with maker orders, or in a market that is not configured, is refused', async () => {
  const block = await on.latest()
  const maker = on.devnet.accounts.maker.address
  await expect(on.venue.read(maker, block)).rejects.toThrow(UnsupportedAccountError)

  const sent = await buy(ONE, 2n ** 40n)
  expect(sent.type).toBe('settled')
  const [, btc] = on.config.markets
  const narrow = createPerpV2({
    client: on.client,
    ...on.config,
    markets: btc === undefined ? [] : [btc],
  })
  await expect(narrow.read(account, await on.latest())).rejects.toThrow(UnsupportedAccountError)
})

test('a node that does not know the block, or is gone, is a read error', async () => {
  const block = await on.latest()
  const future = { ...block, number: block.number + 1_000n }
  await expect(on.venue.read(account, future)).rejects.toThrow(VenueReadError)
  await expect(on.venue.readMarkets(future)).rejects.toThrow(VenueReadError)
  await expect(on.venue.quote(wish(ONE), future, account)).rejects.toThrow(VenueReadError)
})

test('markets: a trade of the depth moves the pool by 1 %, at the fee and from the price that were read', async () => {
  const { devnet, config } = on
  const [eth] = await on.venue.readMarkets(await on.latest())
  const spot = async () =>
    numberFromWad((await on.venue.readMarkets(await on.latest()))[0]?.fillPrice ?? price(0n))
  if (eth === undefined) throw new VenueReadError({ venue: on.venue.id, what: 'its markets' })
  const before = await spot()
  for (const [side, depth, fee] of [
    [1, eth.depthUp, eth.buyFee],
    [-1, eth.depthDown, eth.sellFee],
  ] as const) {
    const id = await devnet.snapshot()
    // The middle of the way from the price to 1 % off it is what the trade pays on average.
    const average = before * Math.sqrt(1 + side / 100)
    const size = BigInt(Math.round((side * numberFromUsd(depth) * 1e9) / average)) * 10n ** 9n
    const quoted = await on.venue.quote(wish(size), await on.latest(), account)
    expect(numberFromRaw(quoted.notional, 18) / numberFromUsd(depth)).toBeCloseTo(1, 6)
    expect(numberFromRaw(quoted.fee, 18) / numberFromUsd(depth)).toBeCloseTo(fee, 6)
    const limit = side > 0 ? 2n ** 128n : 1n
    const raw = 10n ** 13n
    await devnet.mint('USDC', account, raw)
    const supply = { type: 'supply', token: config.marginToken, raw, ...named() } as const
    for (const intent of [supply, { ...wish(size), limit }])
      for (const call of on.venue.encode(intent, context(2n ** 40n)))
        expect(await on.send(call, account)).toMatchObject({ type: 'settled' })
    expect((await spot()) / before).toBeCloseTo(1 + side / 100, 6)
    await devnet.revert(id)
  }
})

test('markets: mark, margin ratio and funding are those of a position, and a read stays at its block', async () => {
  await buy(ONE, 2n ** 40n)
  const block = await on.latest()
  const [eth, btc] = await on.venue.readMarkets(block)
  const [position] = await on.venue.read(account, block)
  const leg = position?.legs.find((each) => each.market === 'ETH')
  expect(eth).toMatchObject({
    venue: on.venue.id,
    market: 'ETH',
    asset: 'ETH',
    markPrice: leg?.markPrice,
    maintenanceMarginRatio: leg?.maintenanceMarginRatio,
    fundingRate: leg?.fundingRate,
    fundingInterval: leg?.fundingInterval,
    fixedFee: 0n,
  })
  expect(btc).toMatchObject({ market: 'BTC', asset: 'BTC' })
  await on.devnet.setFeed('ETH', 10n ** 8n * 1_900n)
  await on.pullPool('ETH', 1_850)
  expect(await on.venue.readMarkets(block)).toEqual([eth, btc])
  expect(await on.venue.readMarkets(await on.latest())).not.toEqual([eth, btc])
})
