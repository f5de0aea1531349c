import {
  type Address,
  InvalidInputError,
  type PerpIntent,
  type PerpPosition,
  type TradeIntent,
  VenueReadError,
} from '@plimsoll/domain'
import { encodeFunctionData, parseAbi, toHex } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { domainId } from '../src/domainId.ts'
import {
  InvalidPriceError,
  loadSynthetixPerpsV2,
  type SynthetixMarket,
  UnsupportedAccountError,
} from '../src/index.ts'
import { createSynthetixMarket, type SynthetixBench } from './createSynthetixMarket.ts'

const ONE = 10n ** 18n
const MARGIN = 10_000n * ONE
const KEEPER_FEE = 4n * ONE
const abi = parseAbi([
  'function flagPosition(address account)',
  'function liquidatePosition(address account)',
  'function cancelOffchainDelayedOrder(address account)',
  'function submitDelayedOrder(int256 sizeDelta, uint256 desiredTimeDelta, uint256 desiredFillPrice)',
  'function setDynamicFee(uint256 rate, bool tooVolatile)',
])
let on: SynthetixBench
let market: SynthetixMarket
let account: Address
let snapshot: `0x${string}`

beforeAll(async () => {
  on = await createSynthetixMarket()
  market = on.marketOf('ETH-PERP')
})
afterAll(() => on?.devnet.stop())
beforeEach(async () => {
  snapshot = await on.devnet.snapshot()
  account = await on.account()
  await on.devnet.mintSusd(account, MARGIN)
  await must({ type: 'supply', ...named(), token: on.config.marginToken, raw: MARGIN })
})
afterEach(() => on.devnet.revert(snapshot))

const named = () => ({ venue: on.venue.id, domain: domainId(on.venue.id, market.name, account) })
const wish = (size: bigint): Omit<TradeIntent, 'limit'> => ({
  type: 'trade',
  ...named(),
  market: market.name,
  asset: market.asset,
  size,
  reduceOnly: false,
})
const withdrawal = () => ({ type: 'cancel', ...named(), market: market.name }) as const
const act = (intent: PerpIntent) =>
  on.sendAll(
    on.venue.encode(intent, { owner: account, sender: account, deadline: 2n ** 40n }),
    account,
  )
async function must(intent: PerpIntent): Promise<bigint> {
  const sent = await act(intent)
  expect(sent).toMatchObject({ type: 'settled' })
  return sent.type === 'settled' ? sent.block : 0n
}
/** Commits a purchase or a sale at almost any price; gives the block it was committed in. */
const commit = (size: bigint): Promise<bigint> =>
  must({ ...wish(size), limit: size > 0n ? 10n ** 30n : 1n })
async function open(size: bigint): Promise<void> {
  await commit(size)
  expect(await on.fill(account, market)).toMatchObject({ type: 'settled' })
}
async function read(): Promise<PerpPosition> {
  const all = await on.venue.read(account, await on.latest())
  const found = all.find(({ domain }) => domain === named().domain)
  if (found === undefined) throw new NoPosition()
  return found
}
const settledSince = async (from: bigint) =>
  on.venue.settlements({ account, from, to: (await on.latest()).number })
const tell = (
  functionName: 'flagPosition' | 'liquidatePosition' | 'cancelOffchainDelayedOrder',
  by = on.keeper,
) =>
  on.send(
    { to: market.address, data: encodeFunctionData({ abi, functionName, args: [account] }) },
    by,
  )
const refusalOf = (sent: Awaited<ReturnType<typeof on.send>>) =>
  sent.type === 'reverted' ? on.venue.decodeRevert(sent.data) : null

test('an order is executed by someone else, at the price of then: log and margin agree to the wei', async () => {
  const before = await read()
  const block = await commit(5n * ONE)
  const price = ((await on.feed('ETH')) * 101n) / 100n
  await on.fill(account, market, { price })
  const [settled, ...others] = await settledSince(block)
  expect(others).toEqual([])
  const { fillPrice, fee } = settled ?? { fillPrice: null, fee: 0n }
  expect(settled).toMatchObject({ outcome: 'executed', size: 5n * ONE, domain: before.domain })
  // The middle of the skew's way from 200 to 205 of a scale of 1,000,000, on a price 1 % up.
  expect(fillPrice).toBe((price * 10n ** 10n * 10_002_025n) / 10n ** 7n)
  expect(fee).toBe((5n * (fillPrice ?? 0n) * 6n) / 10_000n + KEEPER_FEE)
  const after = await read()
  expect(after.pending).toBeNull()
  expect(before.margin - after.margin).toBe(fee)
  expect(after.legs[0]?.openNotional).toBe(-5n * (fillPrice ?? 0n))
})

test('an owner who executes their own order keeps the keeper’s fee, and the log says so', async () => {
  const block = await commit(5n * ONE)
  await on.fill(account, market, { by: account })
  const [settled] = await settledSince(block)
  expect(settled?.fee).toBe(MARGIN - (await read()).margin)
  expect(settled?.fee).toBe((5n * (settled?.fillPrice ?? 0n) * 6n) / 10_000n)
})

test('an order is filled in its window, to the second at both ends, and cancelled after it', async () => {
  const fillAt = async (time: bigint) => {
    const id = await on.devnet.snapshot()
    await on.devnet.mine(Number(time - 1n - (await on.latest()).timestamp))
    const update = await on.devnet.signPrice('ETH', await on.feed('ETH'), time)
    const functionName = 'executeOffchainDelayedOrder'
    const data = encodeFunctionData({
      abi: parseAbi([
        'function executeOffchainDelayedOrder(address account, bytes[] update) payable',
      ]),
      functionName,
      args: [account, [update]],
    })
    const sent = await on.send({ to: market.address, data, value: 1n }, on.keeper)
    expect((await on.latest()).timestamp).toBe(time)
    await on.devnet.revert(id)
    return refusalOf(sent)?.code ?? sent.type
  }
  await commit(ONE)
  const { pending } = await read()
  if (pending === null) throw new NoPosition()
  const { committedAt, executableAt, expiresAt } = pending
  expect(committedAt).toBe((await on.latest()).timestamp)
  expect(await fillAt(executableAt - 1n)).toBe('VENUE_TOO_EARLY')
  expect(await fillAt(executableAt)).toBe('settled')
  expect(await fillAt(expiresAt)).toBe('settled')
  expect(await fillAt(expiresAt + 1n)).toBe('VENUE_EXPIRED')

  await on.devnet.mine(Number(expiresAt - (await on.latest()).timestamp))
  expect(refusalOf(await act(withdrawal()))?.code).toBe('VENUE_TOO_EARLY') // a second that is neither's
  expect((await on.latest()).timestamp).toBe(expiresAt + 1n)
  expect(await act(withdrawal())).toMatchObject({ type: 'settled' })
})

test('a price that never comes: the order expires, its owner cancels it and has all back', async () => {
  const block = await commit(5n * ONE)
  expect((await read()).margin).toBe(MARGIN - KEEPER_FEE)
  await on.pass(130)
  expect(await settledSince(block)).toEqual([])
  expect((await read()).pending).not.toBeNull()
  const cancelled = await must(withdrawal())
  expect(await settledSince(block)).toMatchObject([
    { outcome: 'expired', size: 0n, fillPrice: null, fee: 0n, block: cancelled },
  ])
  expect(await read()).toMatchObject({ margin: MARGIN, freeCollateral: MARGIN, pending: null })
})

test('an expired order that someone else cancels has cost the keeper’s fee', async () => {
  const block = await commit(5n * ONE)
  await on.pass(130)
  await tell('cancelOffchainDelayedOrder')
  expect(await settledSince(block)).toMatchObject([{ outcome: 'expired', fee: KEEPER_FEE }])
  expect((await read()).margin).toBe(MARGIN - KEEPER_FEE)
})

test('an order of a position that is flagged is cancelled without an event of its own', async () => {
  await open(24n * ONE) // $48,000 on $10,000
  const block = await commit(-ONE)
  await on.devnet.setFeed('ETH', ((await on.feed('ETH')) * 796n) / 1_000n)
  const { equity, maintenanceMargin } = await read()
  expect(0n < equity && equity < maintenanceMargin).toBe(true)
  const flagged = await tell('flagPosition')
  expect(flagged.type).toBe('settled')
  const told = [{ outcome: 'cancelled', size: 0n, fillPrice: null, fee: KEEPER_FEE }]
  expect(await settledSince(block)).toMatchObject(told)
  // Asked from after the order was given, it is known from the state before.
  expect(await settledSince(block + 1n)).toMatchObject(told)
  expect(await settledSince((await on.latest()).number + 1n)).toEqual([])
})

test('a flagged position is below its requirement whatever the price does, until it is liquidated', async () => {
  await open(24n * ONE)
  const feed = await on.feed('ETH')
  await on.devnet.setFeed('ETH', (feed * 796n) / 1_000n)
  await tell('flagPosition')
  await on.devnet.setFeed('ETH', feed)
  const { equity, maintenanceMargin, freeCollateral } = await read()
  expect([equity > 5_000n * ONE, maintenanceMargin, freeCollateral]).toEqual([
    true,
    equity + 1n,
    0n,
  ])
  const supply = { type: 'supply', ...named(), token: on.config.marginToken, raw: ONE } as const
  expect(refusalOf(await act(supply))?.code).toBe('VENUE_FLAGGED')
  expect((await tell('liquidatePosition')).type).toBe('settled')
  expect(await read()).toMatchObject({ margin: 0n, equity: 0n, legs: [], maintenanceMargin: 0n })
})

test('a position larger than the premium lets be withdrawn from less than what leverage would leave', async () => {
  await on.devnet.mintSusd(account, 3_000_000n * ONE)
  const token = on.config.marginToken
  await must({ type: 'supply', ...named(), token, raw: 3_000_000n * ONE })
  await open(14_000n * ONE) // its liquidation premium is 2.2 % of $28M, more than leverage 55 asks for
  const { freeCollateral: raw } = await read()
  expect(raw > 0n).toBe(true)
  const withdraw = { type: 'withdraw', ...named(), token } as const
  expect(refusalOf(await act({ ...withdraw, raw: raw + 1_000n * ONE }))?.code).toBe(
    'VENUE_INSUFFICIENT_MARGIN',
  )
  await must({ ...withdraw, raw: raw - 1_000n * ONE })
})

test('a stale price values no position, and takes no order', async () => {
  await open(ONE)
  await on.devnet.mine(4_300)
  const block = await on.latest()
  await expect(on.venue.read(account, block)).rejects.toThrow(InvalidPriceError)
  const [reading] = await on.venue.readMarkets(block)
  expect(reading).toMatchObject({ depthDown: 0n, depthUp: 0n })
  await expect(on.venue.quote(wish(ONE), block, account)).rejects.toMatchObject({
    code: 'VENUE_INVALID_PRICE',
  })
  const stranger = await on.account()
  expect(await on.venue.read(stranger, block)).toHaveLength(2)
})

test('volatile prices cost more, and too volatile ones refuse', async () => {
  const tellFee = (rate: bigint, tooVolatile: boolean) =>
    on.send(
      {
        to: on.devnet.deployment.synthetix.standIn,
        data: encodeFunctionData({ abi, functionName: 'setDynamicFee', args: [rate, tooVolatile] }),
      },
      on.devnet.accounts.deployer.address,
    )
  const [calm] = await on.venue.readMarkets(await on.latest())
  await tellFee(ONE / 1_000n, false)
  const [rough] = await on.venue.readMarkets(await on.latest())
  expect((rough?.buyFee ?? 0) - (calm?.buyFee ?? 0)).toBeCloseTo(0.001, 12)
  expect((rough?.sellFee ?? 0) - (calm?.sellFee ?? 0)).toBeCloseTo(0.001, 12)
  await tellFee(ONE / 1_000n, true)
  const block = await on.latest()
  expect((await on.venue.readMarkets(block))[0]).toMatchObject({ depthUp: 0n })
  const refusal = await on.venue.quote(wish(ONE), block, account).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ reason: expect.stringMatching(/^Price too volatile/) })
  expect(refusalOf(await act({ ...wish(ONE), limit: 10n ** 30n }))).toMatchObject({
    reason: expect.stringMatching(/^Price too volatile/),
  })
})

test('an account with an order for the feed’s next price is refused', async () => {
  await on.devnet.mintSusd(account, 100n * MARGIN)
  await must({ type: 'supply', ...named(), token: on.config.marginToken, raw: 100n * MARGIN })
  const args = [ONE, 60n, 10n ** 30n] as const
  const data = encodeFunctionData({ abi, functionName: 'submitDelayedOrder', args })
  expect((await on.send({ to: market.address, data }, account)).type).toBe('settled')
  await expect(read()).rejects.toThrow(UnsupportedAccountError)
})

test('loading checks market, token and chain, and reading needs a node that knows the block', async () => {
  const { chainId, addressResolver, marginToken, markets } = on.config
  const input = { client: on.client, chainId, addressResolver, marginToken, markets }
  const [eth, btc] = markets
  if (eth === undefined || btc === undefined) throw new NoPosition()
  for (const bad of [
    { ...input, chainId: 1 },
    { ...input, marginToken: { ...marginToken, decimals: 6 } },
    { ...input, markets: [{ ...eth, address: btc.address }] },
    { ...input, markets: [eth, { ...btc, name: eth.name }] },
    { ...input, markets: [{ ...eth, key: toHex('sSOLPERP', { size: 32 }) }] },
  ])
    await expect(loadSynthetixPerpsV2(bad)).rejects.toThrow(InvalidInputError)
  const elsewhere = { ...input, addressResolver: marginToken.address }
  await expect(loadSynthetixPerpsV2(elsewhere)).rejects.toThrow(VenueReadError)

  const block = await on.latest()
  const future = { ...block, number: block.number + 1_000n }
  await expect(on.venue.read(account, future)).rejects.toThrow(VenueReadError)
  await expect(on.venue.readMarkets(future)).rejects.toThrow(VenueReadError)
  await expect(on.venue.quote(wish(ONE), future, account)).rejects.toThrow(VenueReadError)
  const from = block.number
  await expect(on.venue.settlements({ account, from, to: future.number })).rejects.toThrow(
    VenueReadError,
  )
})

class NoPosition extends Error {}
