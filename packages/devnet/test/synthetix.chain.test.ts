import {
  type Abi,
  type Address,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hex,
  parseEther,
  parseEventLogs,
  parseUnits,
  toFunctionSelector,
} from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Devnet, loadArtifact, type Role, SUSD_DEPTH_USD, startDevnet } from '../src/index.ts'
import { erc20Abi, perpsV2Abi, swapRouterAbi } from './protocolAbis.ts'

const MARGIN = parseEther('10000')
const SIZE = parseEther('20') // $40,000
const KEEPER_FEE = parseEther('4')
const ETH = 2_000_00000000n
const OFFCHAIN = 2 // the third kind of order
const MAX = 2n ** 256n - 1n
let devnet: Devnet
let market: Address
let owner: Address
let snapshot: Hex

beforeAll(async () => {
  devnet = await startDevnet()
  market = devnet.deployment.synthetix.markets.ETH.proxy
  owner = devnet.accounts.owner.address
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  snapshot = await devnet.snapshot()
})
afterEach(() => devnet.revert(snapshot))

type Write = ContractFunctionName<typeof perpsV2Abi, 'nonpayable' | 'payable'>

/** Sends a call to the ETH market; a revert is thrown in the market's own words. */
async function act<const name extends Write>(
  by: Role,
  functionName: name,
  args: ContractFunctionArgs<typeof perpsV2Abi, 'nonpayable' | 'payable', name> &
    readonly unknown[],
  value = 0n,
) {
  const data = encodeFunctionData({
    abi: perpsV2Abi as Abi,
    functionName: functionName as string,
    args,
  })
  const call = { account: devnet.accounts[by], to: market, data, value }
  await devnet.client.call(call)
  return devnet.client.sendTransactionSync({ ...call, throwOnReceiptRevert: true })
}
const look = {
  abi: perpsV2Abi,
  get address() {
    return market
  },
} as const
const readMargin = async (account = owner) =>
  (
    await devnet.client.readContract({ ...look, functionName: 'remainingMargin', args: [account] })
  )[0]
const readPosition = (account = owner) =>
  devnet.client.readContract({ ...look, functionName: 'positions', args: [account] })
const readOrder = (account = owner) =>
  devnet.client.readContract({ ...look, functionName: 'delayedOrders', args: [account] })
const susdOf = (account: Address) =>
  devnet.client.readContract({
    address: devnet.deployment.synthetix.susd.address,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  })
const now = async () => (await devnet.client.getBlock()).timestamp

/** Deposits margin and commits to an order; gives the time of the commitment. */
async function commit(size = SIZE, margin = MARGIN): Promise<bigint> {
  await devnet.mintSusd(owner, margin)
  await act('owner', 'transferMargin', [margin])
  const worst = (ETH * 10n ** 10n * (size > 0n ? 11n : 9n)) / 10n
  await act('owner', 'submitOffchainDelayedOrder', [size, worst])
  return now()
}

/** Brings the price of a moment to the order, once the chain has come to that moment. */
async function execute(publishTime: bigint, price = ETH, by: Role = 'synthetixKeeper') {
  const wait = Number(publishTime - (await now()))
  if (wait > 0) await devnet.mine(wait)
  const update = await devnet.signPrice('ETH', price, publishTime)
  return act(by, 'executeOffchainDelayedOrder', [owner, [update]], 1n)
}

test('default: a keeper executes an order at the published price, for its fee', async () => {
  const { client, accounts } = devnet
  const keeper = accounts.synthetixKeeper.address
  const earned = await susdOf(keeper)
  const committed = await commit()
  expect(await susdOf(owner)).toBe(0n)
  expect(await readOrder()).toMatchObject({
    isOffchain: true,
    sizeDelta: SIZE,
    keeperDeposit: KEEPER_FEE,
    intentionTime: committed,
  })
  expect(await readMargin()).toBe(MARGIN - KEEPER_FEE)
  const skew = await client.readContract({ ...look, functionName: 'marketSkew' })
  const [quoted] = await client.readContract({
    ...look,
    functionName: 'orderFee',
    args: [SIZE, OFFCHAIN],
  })
  const { logs } = await execute(committed + 3n, 2_010_00000000n)
  const [event] = parseEventLogs({ abi: perpsV2Abi, eventName: 'PositionModified', logs })
  // The price at the middle of the skew's way from 200 to 220 of a scale of 1,000,000.
  const price = (parseEther('2010') * (10n ** 6n * 10n ** 18n + skew + SIZE / 2n)) / 10n ** 24n
  const fee = (SIZE * price * 6n) / 10n ** 22n // 6 bp: it grows the skew
  expect(event?.args).toMatchObject({ account: owner, tradeSize: SIZE, lastPrice: price, fee })
  expect(quoted).toBe((fee * 2_000n) / 2_010n)
  expect(await readPosition()).toMatchObject({
    size: SIZE,
    lastPrice: price,
    margin: MARGIN - KEEPER_FEE - fee,
  })
  expect((await readOrder()).sizeDelta).toBe(0n)
  expect((await susdOf(keeper)) - earned).toBe(KEEPER_FEE)
})

test('behavior: the lighter side pays the maker fee, and only for what evens the skew', async () => {
  const skew = await devnet.client.readContract({ ...look, functionName: 'marketSkew' })
  const feeOf = async (size: bigint) => {
    const args = [size, OFFCHAIN] as const
    return (await devnet.client.readContract({ ...look, functionName: 'orderFee', args }))[0]
  }
  const ratio = async (size: bigint) => Number(await feeOf(size)) / (Number(size) * -2_000)
  expect(await ratio(-SIZE)).toBeCloseTo(0.000001, 8)
  expect(await ratio(-2n * skew)).toBeCloseTo((0.000001 + 0.0006) / 2, 7)
})

test('behavior: funding accrues from the larger side to the smaller', async () => {
  const { client } = devnet
  const committed = await commit()
  await execute(committed + 3n)
  await devnet.mine(3_600)
  await devnet.setFeed('ETH', ETH)
  const [funding] = await client.readContract({
    ...look,
    functionName: 'accruedFunding',
    args: [owner],
  })
  const rate = await client.readContract({ ...look, functionName: 'currentFundingRate' })
  expect(rate).toBeGreaterThan(0n) // a positive rate is what longs pay
  // The rate grows from its value an hour ago; so on average it is between nothing and what it is.
  const most = (Number(rate) / 1e18) * 40_000 * (3_605 / 86_400)
  expect(Number(funding) / 1e18).toBeLessThan(0)
  expect(Number(funding) / 1e18).toBeGreaterThan(-most)
  expect(await readMargin()).toBeLessThan((await readPosition()).margin)
})

test('behavior: an order is executed neither without price, nor at a price too early, too far off or forged', async () => {
  const committed = await commit()
  await devnet.mine(10)
  const before = await devnet.signPrice('ETH', ETH, committed - 10n)
  const early = await devnet.signPrice('ETH', ETH, committed + 2n)
  const far = await devnet.signPrice('ETH', (ETH * 111n) / 100n, committed + 4n)
  const good = await devnet.signPrice('ETH', ETH, committed + 5n)
  const forged: Hex = `0x${good.slice(2, -2)}${good.endsWith('00') ? '01' : '00'}`
  const tryWith = (updates: readonly Hex[], value: bigint) =>
    act('synthetixKeeper', 'executeOffchainDelayedOrder', [owner, updates], value)
  await expect(tryWith([before], 1n)).rejects.toThrow('price not updated')
  await expect(tryWith([early], 1n)).rejects.toThrow('executability not reached')
  await expect(tryWith([far], 1n)).rejects.toThrow('price divergence too high')
  await expect(tryWith([good], 0n)).rejects.toThrow('Not enough eth')
  await expect(tryWith([forged], 1n)).rejects.toThrow(toFunctionSelector('InvalidUpdateData()'))
  await tryWith([good], 1n)
  await expect(tryWith([good], 1n)).rejects.toThrow('no previous order')
})

test('behavior: an order that was too long without price is only cancelled, and its owner has all back', async () => {
  const committed = await commit()
  await devnet.mine(60)
  await expect(act('owner', 'cancelOffchainDelayedOrder', [owner])).rejects.toThrow(
    'cannot cancel yet',
  )
  await expect(act('owner', 'transferMargin', [1n])).rejects.toThrow('Pending order exists')
  await devnet.mine(61)
  await expect(execute(committed + 100n)).rejects.toThrow('order too old, use cancel')
  const { logs } = await act('owner', 'cancelOffchainDelayedOrder', [owner])
  const [removed] = parseEventLogs({ abi: perpsV2Abi, eventName: 'DelayedOrderRemoved', logs })
  expect(removed?.args).toMatchObject({
    account: owner,
    sizeDelta: SIZE,
    keeperDeposit: KEEPER_FEE,
  })
  const [modified] = parseEventLogs({ abi: perpsV2Abi, eventName: 'PositionModified', logs })
  expect(modified?.args).toMatchObject({ account: owner, size: 0n, tradeSize: 0n, margin: MARGIN })
  expect(await readMargin()).toBe(MARGIN)
  await act('owner', 'withdrawAllMargin', [])
  expect(await susdOf(owner)).toBe(MARGIN)
})

test('behavior: whoever else cancels an expired order takes the keeper fee', async () => {
  await commit()
  await devnet.mine(121)
  const { stranger } = devnet.accounts
  await act('stranger', 'cancelOffchainDelayedOrder', [owner])
  expect(await susdOf(stranger.address)).toBe(KEEPER_FEE)
  expect(await readMargin()).toBe(MARGIN - KEEPER_FEE)
  expect(await readOrder()).toMatchObject({ sizeDelta: 0n, keeperDeposit: 0n })
})

test('behavior: a position is flagged, then liquidated; nothing else goes in between', async () => {
  const { client, accounts } = devnet
  const committed = await commit(SIZE, parseEther('6000'))
  await execute(committed + 3n)
  // What a liquidation needs is reckoned at the present price: the limit is exact for a price that is near it.
  const readLimit = async () => {
    const query = { ...look, functionName: 'liquidationPrice', args: [owner] } as const
    return (await client.readContract(query))[0] / 10n ** 10n
  }
  const canLiquidate = () =>
    client.readContract({ ...look, functionName: 'canLiquidate', args: [owner] })
  await devnet.setFeed('ETH', (await readLimit()) + 1_00000000n)
  expect(await canLiquidate()).toBe(false)
  await expect(act('synthetixLiquidator', 'flagPosition', [owner])).rejects.toThrow(
    'Position cannot be liquidated',
  )
  const price = (await readLimit()) - 10000000n
  await devnet.setFeed('ETH', price)
  expect(await canLiquidate()).toBe(true)
  await expect(act('synthetixLiquidator', 'liquidatePosition', [owner])).rejects.toThrow(
    'Position not flagged',
  )
  await act('synthetixLiquidator', 'flagPosition', [owner])
  await devnet.mintSusd(owner, MARGIN)
  await expect(act('owner', 'transferMargin', [MARGIN])).rejects.toThrow('Position flagged')
  const margin = await readMargin()
  const { logs } = await act('synthetixLiquidator', 'liquidatePosition', [owner])
  const [event] = parseEventLogs({ abi: perpsV2Abi, eventName: 'PositionLiquidated', logs })
  const flaggerFee = (SIZE * price * 10n ** 10n * 2n) / 10n ** 22n
  expect(event?.args).toMatchObject({ account: owner, size: SIZE, price: price * 10n ** 10n })
  expect(event?.args).toMatchObject({ flaggerFee, liquidatorFee: parseEther('2') })
  expect(await susdOf(accounts.synthetixLiquidator.address)).toBe(flaggerFee + parseEther('2'))
  const lost = (event?.args.stakersFee ?? 0n) + flaggerFee + parseEther('2')
  expect(Number(margin - lost) / 1e18).toBeCloseTo(0, 2) // but for a second's funding
  expect(await readPosition()).toMatchObject({ size: 0n, margin: 0n })
})

test('behavior: a price that halves at once stops no market, one that is old does', async () => {
  const { client } = devnet
  const assetPrice = () => client.readContract({ ...look, functionName: 'assetPrice' })
  await devnet.mintSusd(owner, MARGIN)
  await act('owner', 'transferMargin', [MARGIN])
  await devnet.setFeed('ETH', ETH / 2n)
  expect(await assetPrice()).toEqual([parseEther('1000'), false])
  await act('owner', 'transferMargin', [-MARGIN])
  await devnet.mine(4_201)
  expect(await assetPrice()).toEqual([parseEther('1000'), true])
  await devnet.mintSusd(owner, MARGIN)
  await expect(act('owner', 'transferMargin', [MARGIN])).rejects.toThrow('Invalid price')
})

test('behavior: USDC becomes margin and margin USDC through the pool, close to par', async () => {
  const { client, accounts, deployment } = devnet
  const { susd, susdPool } = deployment.synthetix
  const USDC = deployment.tokens.USDC.address
  const router = deployment.uniswap.swapRouter02
  const paid = parseUnits('100000', 6)
  await devnet.mint('USDC', owner, paid)
  const swap = async (tokenIn: Address, tokenOut: Address, amountIn: bigint) => {
    for (const [to, abi, functionName, args] of [
      [tokenIn, erc20Abi, 'approve', [router, MAX]],
      [
        router,
        swapRouterAbi,
        'exactInputSingle',
        [
          {
            tokenIn,
            tokenOut,
            fee: susdPool.fee,
            recipient: owner,
            amountIn,
            amountOutMinimum: 0n,
            sqrtPriceLimitX96: 0n,
          },
        ],
      ],
    ] as const)
      await client.sendTransactionSync({
        account: accounts.owner,
        to,
        data: encodeFunctionData({ abi: abi as Abi, functionName, args }),
        throwOnReceiptRevert: true,
      })
  }
  await swap(USDC, susd.address, paid)
  const bought = await susdOf(owner)
  // The fee is 5 bp, and half of what moves the price: 1 % for the pool's depth.
  const impact = (0.5 * 0.01 * 100_000) / SUSD_DEPTH_USD
  expect(Number(bought) / 1e18).toBeCloseTo(100_000 * (1 - 0.0005 - impact), 0)
  await act('owner', 'transferMargin', [bought])
  expect(await susdOf(owner)).toBe(0n)
  await act('owner', 'withdrawAllMargin', [])
  expect(await susdOf(owner)).toBe(bought)
  await swap(susd.address, USDC, bought)
  const back = await client.readContract({
    address: USDC,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [owner],
  })
  expect(Number(back) / Number(paid)).toBeCloseTo(0.999, 5)
})

test('behavior: the proxy answers every function of its implementations', async () => {
  const { markets } = devnet.deployment.synthetix
  const { abi } = await loadArtifact('synthetix', 'ProxyPerpsV2')
  const declared = await Promise.all(
    [
      'PerpsV2MarketViews',
      'PerpsV2Market',
      'PerpsV2MarketLiquidate',
      'PerpsV2MarketDelayedIntent',
      'PerpsV2MarketDelayedExecution',
    ].map((name) => loadArtifact('synthetix', name)),
  )
  // What all implementations share belongs to each of them alone: its owner, its resolver, its proxy.
  const shared = (await loadArtifact('synthetix', 'PerpsV2MarketDelayedExecution')).abi
    .flatMap((entry) => (entry.type === 'function' ? [entry.name] : []))
    .filter((name) => !/DelayedOrder$/.test(name))
  for (const { proxy } of Object.values(markets)) {
    for (const entry of declared.flatMap(({ abi: own }) => [...own])) {
      if (entry.type !== 'function' || shared.includes(entry.name)) continue
      const selector = toFunctionSelector(entry)
      const args = [selector]
      const route = await devnet.client.readContract({
        address: proxy,
        abi,
        functionName: 'getRoute',
        args,
      })
      expect({ name: entry.name, route }).toMatchObject({ route: { selector } })
    }
  }
})
