import { known, openChain, type TestChain } from '@plimsoll/devnet'
import {
  type Address,
  InvalidInputError,
  type LendingPosition,
  type LendingVenue,
  type MarginIntent,
  price,
  VenueReadError,
  WAD,
} from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMorphoBlue, loadMorphoBlue, type MorphoBlueConfig } from '../src/index.ts'
import { marketsOf } from './createHarness.ts'

const DAY = 86_400
const settled = { type: 'settled' }

let chain: TestChain
let config: MorphoBlueConfig
let venue: LendingVenue

beforeAll(async () => {
  chain = await openChain()
  const { client, devnet } = chain
  const { morpho } = devnet.deployment.morpho
  config = { client, chainId: devnet.chainId, morpho, markets: marketsOf(chain) }
  venue = await loadMorphoBlue(config)
})
afterAll(() => chain?.devnet.stop())

const read = async (account: Address): Promise<LendingPosition> => {
  const positions = await venue.read(account, await chain.latest())
  return known(
    positions.find(({ collateral }) => collateral[0]?.token.symbol === 'WBTC'),
    'a position in WBTC',
  )
}

const act = async (type: MarginIntent['type'], account: Address, raw: bigint) => {
  const position = await read(account)
  const token = type === 'supply' || type === 'withdraw' ? chain.tokens.WBTC : chain.tokens.USDC
  const intent = { type, venue: venue.id, domain: position.domain, token, raw }
  const { timestamp } = await chain.latest()
  const context = { owner: account, sender: account, deadline: timestamp + 60n, position }
  return { calls: venue.encode(intent, context), position }
}

/** 1 WBTC at 40,000 against 20,000 USDC. */
async function borrower(): Promise<Address> {
  const account = await chain.account()
  await chain.fund(account, chain.tokens.WBTC, 10n ** 8n)
  for (const [type, raw] of [
    ['supply', 10n ** 8n],
    ['borrow', 20_000_000_000n],
  ] as const)
    expect(await chain.send((await act(type, account, raw)).calls, account)).toEqual(settled)
  return account
}

test('behavior: the whole debt is gone although interest ran between the read and the block', async () => {
  const account = await borrower()
  await chain.fund(account, chain.tokens.USDC, 1_000_000_000n)
  const owed = (await read(account)).debt[0]!.raw
  const { calls } = await act('repay', account, owed)
  await chain.devnet.mine(DAY / 2)
  expect((await read(account)).debt[0]!.raw > owed).toBe(true)
  expect(await chain.send(calls, account)).toEqual(settled)
  const after = await read(account)
  expect([after.debt[0]!.raw, after.debt[0]!.shares]).toEqual([0n, 0n])
  const { morpho } = chain.devnet.deployment.morpho
  const allowance = await chain.client.readContract({
    address: chain.tokens.USDC.address,
    abi: erc20Abi,
    functionName: 'allowance',
    args: [account, morpho],
  })
  expect(allowance, 'what is left of the approval').toBe(0n)
  expect(await chain.send((await act('withdraw', account, 10n ** 8n)).calls, account)).toEqual(
    settled,
  )
  expect((await read(account)).collateral[0]!.raw).toBe(0n)
})

test('behavior: markets are domains of their own', async () => {
  const positions = await venue.read(await borrower(), await chain.latest())
  expect(positions.map(({ debt }) => debt[0]!.raw > 0n).sort()).toEqual([false, true])
  expect(new Set(positions.map(({ domain }) => domain)).size).toBe(positions.length)
})

test('behavior: authorizing a delegate twice is refused by Morpho', async () => {
  const [owner, delegate] = [await chain.account(), await chain.account()]
  expect(await chain.send(venue.authorize(delegate), owner)).toEqual(settled)
  const again = await chain.send(venue.authorize(delegate), owner)
  expect(again.type === 'reverted' && venue.decodeRevert(again.data)).toMatchObject({
    reason: 'already set',
    recovery: 'refresh',
  })
})

test('behavior: borrowing more than the market has left is refused with Morpho’s reason', async () => {
  const account = await chain.account()
  await chain.fund(account, chain.tokens.WBTC, 10n ** 13n)
  const supply = (await act('supply', account, 10n ** 13n)).calls
  expect(await chain.send(supply, account)).toEqual(settled)
  const outcome = await chain.send((await act('borrow', account, 10n ** 14n)).calls, account)
  expect(outcome.type === 'reverted' && venue.decodeRevert(outcome.data)?.reason).toBe(
    'insufficient liquidity',
  )
})

test('behavior: a stated price of the loan token scales values and not health', async () => {
  const account = await borrower()
  const block = await chain.latest()
  const markets = config.markets.map((market) => ({
    ...market,
    loanPrice: { type: 'fixed', price: price(WAD / 2n) } as const,
  }))
  const half = await createMorphoBlue({ ...config, markets }).read(account, block)
  const whole = await venue.read(account, block)
  expect(half.map((each) => each.healthFactor)).toEqual(whole.map((each) => each.healthFactor))
  for (const [index, { collateral, debt }] of half.entries()) {
    expect(2n * collateral[0]!.value).toBe(whole[index]!.collateral[0]!.value)
    expect(2n * debt[0]!.oraclePrice).toBe(whole[index]!.debt[0]!.oraclePrice)
  }
})

test('error: VenueReadError on a market that was never created', async () => {
  const [market] = config.markets
  const params = { ...market!.params, lltv: WAD / 2n }
  const other = createMorphoBlue({ ...config, markets: [{ ...market!, params }] })
  await expect(other.read(await chain.account(), await chain.latest())).rejects.toThrow(
    VenueReadError,
  )
})

test.each([
  ['a market that was never created', { params: { lltv: WAD / 2n } }],
  ['wrong decimals', { collateralToken: { decimals: 6 } }],
  ['a token that is not the market’s', { loanToken: { address: `0x${'5'.repeat(40)}` } }],
] as const)('error: InvalidInputError on %s', async (_, wrong) => {
  const [market] = config.markets
  const broken = Object.fromEntries(
    Object.entries(wrong).map(([key, part]) => [key, { ...market![key as 'params'], ...part }]),
  )
  const markets = [{ ...market!, ...broken }]
  await expect(loadMorphoBlue({ ...config, markets })).rejects.toThrow(InvalidInputError)
})

test('error: VenueReadError where there is no Morpho', async () => {
  const morpho = chain.tokens.USDC.address
  await expect(loadMorphoBlue({ ...config, morpho })).rejects.toThrow(VenueReadError)
})

test('error: InvalidInputError on another chain', async () => {
  await expect(loadMorphoBlue({ ...config, chainId: 1 })).rejects.toThrow(InvalidInputError)
})
