import { numberFromUsd, priceFromNumber, usd } from '@plimsoll/domain'
import { type Abi, type Address, encodeFunctionData, erc20Abi, type Hex, parseEther } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createWorld,
  type Devnet,
  openPortfolio,
  type PricePath,
  SYNTHETIX_MARKETS,
  startDevnet,
  syntheticCrash,
  type WorldOptions,
} from '../src/index.ts'
import { perpsV2Abi, swapRouterAbi, uniswapPoolAbi } from './protocolAbis.ts'

const SEED = 1
const SIZE = parseEther('10')
const MARGIN = parseEther('5000')
const KEEPER_FEE = parseEther('4')
let devnet: Devnet
let market: { readonly abi: typeof perpsV2Abi; readonly address: Address }
let owner: Address
let snapshot: Hex

beforeAll(async () => {
  devnet = await startDevnet()
  market = { abi: perpsV2Abi, address: devnet.deployment.synthetix.markets.ETH.proxy }
  owner = devnet.accounts.owner.address
  snapshot = await devnet.snapshot()
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  await devnet.revert(snapshot)
  snapshot = await devnet.snapshot()
})

/** ETH at these prices, a frame every five minutes; the rest stands still. */
const pathOf = (...eth: readonly number[]): PricePath => ({
  name: 'by hand',
  gaps: [],
  frames: eth.map((price, i) => ({
    at: 300 * i,
    prices: { ETH: priceFromNumber(price), BTC: priceFromNumber(40_000), USDC: priceFromNumber(1) },
  })),
})
const createOn = (path: PricePath, options: Partial<WorldOptions> = {}) =>
  createWorld(devnet, { path, seed: SEED, watch: [], ...options })

async function send(to: Address, abi: Abi, functionName: string, args: readonly unknown[]) {
  const data = encodeFunctionData({ abi, functionName, args })
  const account = devnet.accounts.owner
  return devnet.client.sendTransactionSync({ account, to, data, throwOnReceiptRevert: true })
}
const act = (functionName: string, ...args: readonly unknown[]) =>
  send(market.address, perpsV2Abi, functionName, args)
async function commit(worst = parseEther('2200')): Promise<bigint> {
  await devnet.mintSusd(owner, MARGIN)
  await act('transferMargin', MARGIN)
  const { blockNumber } = await act('submitOffchainDelayedOrder', SIZE, worst)
  return (await devnet.client.getBlock({ blockNumber })).timestamp
}
const readOrder = () =>
  devnet.client.readContract({ ...market, functionName: 'delayedOrders', args: [owner] })
const readPosition = (account = owner) =>
  devnet.client.readContract({ ...market, functionName: 'positions', args: [account] })
const readMargin = async () =>
  (
    await devnet.client.readContract({ ...market, functionName: 'remainingMargin', args: [owner] })
  )[0]

test('default: the keeper executes what an agent ordered, as soon as it may, at a price between two frames', async () => {
  const world = await createOn(pathOf(2_000, 2_000, 2_100))
  await world.step()
  const { timestamp: before } = await world.step()
  const committed = await commit()
  const { orders, refusals, timestamp } = await world.step()
  const order = orders.find(({ account }) => account === owner)
  const { accounts, client } = devnet
  const receipt = await client.getTransactionReceipt({ hash: order!.txHash })
  const block = await client.getBlock({ blockNumber: receipt.blockNumber })
  expect(block.timestamp).toBe(committed + 3n)
  expect(receipt.from).toBe(accounts.synthetixKeeper.address.toLowerCase())
  // Six or seven seconds of the 300 in which ETH goes up by 100.
  const along = Number(block.timestamp - before) / Number(timestamp - before)
  const fill = Number(order!.fillPrice) / 1e18
  expect(fill / (2_000 + 100 * along)).toBeCloseTo(1, 3)
  expect(order).toMatchObject({
    protocol: 'synthetix-perps-v2',
    asset: 'ETH',
    sizeDelta: SIZE,
    keeperFee: usd(4_00000000n),
    block: receipt.blockNumber,
  })
  expect(await readPosition()).toMatchObject({ size: SIZE, lastPrice: order!.fillPrice })
  expect((await readOrder()).sizeDelta).toBe(0n)
  expect(refusals).toEqual([])
})

test('behavior: what the keeper leaves expires, and its owner takes all of it back', async () => {
  const world = await createOn(pathOf(2_000, 2_000, 2_000), {
    keeper: ({ account }) => account !== owner,
  })
  await world.step()
  await commit()
  const { orders, refusals } = await world.step()
  expect(orders.length).toBeGreaterThan(0)
  expect(orders.some(({ account }) => account === owner)).toBe(false)
  expect(refusals).toEqual([])
  expect(await readOrder()).toMatchObject({ sizeDelta: SIZE, keeperDeposit: KEEPER_FEE })
  expect(await readMargin()).toBe(MARGIN - KEEPER_FEE)
  await act('cancelOffchainDelayedOrder', owner)
  expect(await readOrder()).toMatchObject({ sizeDelta: 0n })
  expect(await readMargin()).toBe(MARGIN)
})

test('behavior: without a price no order is executed; everyone else starts again when prices are back', async () => {
  let isPublished = false
  const world = await createOn(pathOf(2_000, 2_000, 2_000, 2_000, 2_000), {
    priceUpdates: () => isPublished,
  })
  expect((await world.step()).orders).toEqual([])
  await commit()
  expect((await world.step()).orders).toEqual([])
  isPublished = true
  const frames = [await world.step(), await world.step(), await world.step()]
  expect(frames.flatMap(({ refusals }) => refusals)).toEqual([])
  expect(frames.at(-1)?.orders.length).toBeGreaterThan(0)
  expect(await readOrder()).toMatchObject({ sizeDelta: SIZE }) // too old by now
})

test('behavior: an order whose price is worse than it allows is refused and waits', async () => {
  const world = await createOn(pathOf(2_000, 2_100))
  await world.step()
  await commit(parseEther('2000.1'))
  const { orders, refusals } = await world.step()
  expect(orders.some(({ account }) => account === owner)).toBe(false)
  expect(refusals).toHaveLength(1)
  expect(refusals[0]!.reason).toContain('Price impact exceeded')
  expect(await readOrder()).toMatchObject({ sizeDelta: SIZE })
})

test('behavior: a watched position is flagged, then liquidated a block or two later, for the fees', async () => {
  const { accounts, client } = devnet
  const { twin, stranger } = accounts
  const synthetix = { asset: 'ETH', margin: 20_000, leverage: 8 } as const
  for (const { address } of [twin, stranger]) await openPortfolio(devnet, address, { synthetix })
  const world = await createOn(pathOf(2_000, 1_780, 1_765), { watch: [twin.address] })
  await world.step()
  const still = await world.step()
  expect(still.flags).toEqual([])
  const { flags, liquidations, refusals } = await world.step()
  expect(refusals).toEqual([])
  expect(flags).toHaveLength(1)
  expect(liquidations).toHaveLength(1)
  const liquidator = accounts.synthetixLiquidator.address
  const [flag, liquidation] = [flags[0]!, liquidations[0]!]
  expect(flag).toMatchObject({ account: twin.address, asset: 'ETH', flagger: liquidator })
  expect(liquidation).toMatchObject({ account: twin.address, liquidator, repaid: null })
  expect(liquidation.block).toBeGreaterThan(flag.block)
  for (const { txHash, block } of [flag, liquidation]) {
    const receipt = await client.getTransactionReceipt({ hash: txHash })
    expect(receipt).toMatchObject({ status: 'success', blockNumber: block })
    expect(receipt.from).toBe(liquidator.toLowerCase())
  }
  expect(liquidation.seized).toMatchObject({ raw: parseEther('80'), token: { asset: 'ETH' } })
  expect(numberFromUsd(liquidation.closedUsd)).toBeCloseTo(80 * 1_765, 4)
  // 20,000 of margin less fee, funding and the fall; two basis points and $2 are the liquidator's.
  const { size, margin } = await readPosition(twin.address)
  expect({ size, margin }).toEqual({ size: 0n, margin: 0n })
  expect(numberFromUsd(liquidation.bonusUsd)).toBeGreaterThan(80 * 1_765 * 0.0002 + 2)
  expect(numberFromUsd(liquidation.bonusUsd)).toBeLessThan(20_000 - 80 * 235)
  expect((await readPosition(stranger.address)).size).toBe(parseEther('80'))
})

test('behavior: the skew takes either side and stays where anyone may liquidate', async () => {
  const path = syntheticCrash({ seed: 4 })
  const world = await createOn({ ...path, frames: path.frames.slice(20, 60) })
  const skews: number[] = []
  const refusals: unknown[] = []
  while (!world.done) {
    refusals.push(...(await world.step()).refusals)
    const skew = await devnet.client.readContract({ ...market, functionName: 'marketSkew' })
    skews.push(Number(skew) / 1e18)
  }
  expect(refusals).toEqual([])
  expect(Math.min(...skews)).toBeLessThan(-10)
  expect(Math.max(...skews)).toBeGreaterThan(10)
  const { maxPD, skewScale } = SYNTHETIX_MARKETS.ETH
  expect(Math.max(...skews.map(Math.abs))).toBeLessThan(Number(maxPD) * Number(skewScale))
})

test('behavior: the pool of sUSD comes back to par within its fee', async () => {
  const { client, deployment } = devnet
  const { susd, susdPool } = deployment.synthetix
  const world = await createOn(pathOf(2_000, 2_000))
  const readPar = async () => {
    const query = { address: susdPool.address, abi: uniswapPoolAbi, functionName: 'slot0' } as const
    const root = Number((await client.readContract(query))[0]) / 2 ** 96
    const isSusdFirst = susdPool.token0 === susd.address
    return isSusdFirst ? root ** 2 * 1e12 : 1e12 / root ** 2
  }
  const amountIn = parseEther('3000000')
  await devnet.mintSusd(owner, amountIn)
  await send(susd.address, erc20Abi, 'approve', [deployment.uniswap.swapRouter02, amountIn])
  await send(deployment.uniswap.swapRouter02, swapRouterAbi, 'exactInputSingle', [
    {
      tokenIn: susd.address,
      tokenOut: deployment.tokens.USDC.address,
      fee: susdPool.fee,
      recipient: owner,
      amountIn,
      amountOutMinimum: 0n,
      sqrtPriceLimitX96: 0n,
    },
  ])
  expect(await readPar()).toBeLessThan(0.9975)
  expect((await world.step()).refusals).toEqual([])
  expect(await readPar()).toBeGreaterThan(0.9994)
  expect(await readPar()).toBeLessThan(1)
})

test('behavior: a portfolio opens with the leverage it was planned with', async () => {
  const { twin } = devnet.accounts
  await openPortfolio(devnet, twin.address, {
    synthetix: { asset: 'BTC', margin: 50_000, leverage: 3 },
  })
  const address = devnet.deployment.synthetix.markets.BTC.proxy
  const read = { abi: perpsV2Abi, address, args: [twin.address] } as const
  const { size } = await devnet.client.readContract({ ...read, functionName: 'positions' })
  const [margin] = await devnet.client.readContract({ ...read, functionName: 'remainingMargin' })
  expect(size).toBe(parseEther('3.75'))
  expect(Number(margin) / 1e18).toBeGreaterThan(49_850) // less 6 bp of 150,000, the keeper's $4 and the skew's premium
  expect(Number(margin) / 1e18).toBeLessThan(50_000 - 94)
})

test('behavior: the same acts make the same blocks', async () => {
  const play = async () => {
    await devnet.revert(snapshot)
    snapshot = await devnet.snapshot()
    const world = await createOn(pathOf(2_000, 1_990, 1_900))
    await world.step()
    await commit()
    await world.step()
    await world.step()
    return (await devnet.client.getBlock()).hash
  }
  const first = await play()
  expect(await play()).toBe(first)
})
