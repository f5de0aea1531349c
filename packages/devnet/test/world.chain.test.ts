import { InvalidInputError, numberFromUsd, priceFromNumber } from '@plimsoll/domain'
import { erc20Abi, type Hex } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createWorld,
  DEFAULT_PORTFOLIO,
  type Devnet,
  DevnetTransactionError,
  openPortfolio,
  PathEndedError,
  type PricePath,
  startDevnet,
  syntheticCrash,
  type WorldFrame,
} from '../src/index.ts'
import * as abis from './protocolAbis.ts'

const SEED = 1
let devnet: Devnet
let snapshot: Hex

beforeAll(async () => {
  devnet = await startDevnet()
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
const play = async (options: Parameters<typeof createWorld>[1]): Promise<readonly WorldFrame[]> => {
  const world = await createWorld(devnet, options)
  const frames: WorldFrame[] = []
  while (!world.done) frames.push(await world.step())
  return frames
}
const off = (found: bigint, meant: bigint) => Math.abs(Number(found) / Number(meant) - 1)
const readAave = (account: `0x${string}`) =>
  devnet.client.readContract({
    address: devnet.deployment.aave.pool,
    abi: abis.aavePoolAbi,
    functionName: 'getUserAccountData',
    args: [account],
  })
const readUsdc = (account: `0x${string}`) =>
  devnet.client.readContract({
    address: devnet.deployment.tokens.USDC.address,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  })

test('default: a portfolio opens at the planned health, and the account keeps its reserve and no more', async () => {
  const { client, accounts, deployment } = devnet
  const { address } = accounts.owner
  await openPortfolio(devnet, address)
  const [, debt, , , , healthFactor] = await readAave(address)
  expect(Number(healthFactor) / 1e18).toBeCloseTo(1.6, 4)
  expect(Number(debt) / 1e8).toBeCloseTo(DEFAULT_PORTFOLIO.aave.debt, 0)
  const market = deployment.morpho.markets.find(({ collateral }) => collateral === 'WBTC')!
  const [, shares, collateral] = await client.readContract({
    address: deployment.morpho.morpho,
    abi: abis.morphoAbi,
    functionName: 'position',
    args: [market.id, address],
  })
  const owed = Number(shares) / 1e12 // shares of 1e-6 of a raw unit at the market's start
  expect((Number(collateral) * 1e-8 * 40_000 * 0.86) / owed).toBeCloseTo(1.45, 2)
  const perp = { address: deployment.perp.accountBalance, abi: abis.accountBalanceAbi } as const
  const { baseToken } = deployment.perp.markets.ETH
  const size = await client.readContract({
    ...perp,
    functionName: 'getTakerPositionSize',
    args: [address, baseToken],
  })
  const equity = await client.readContract({
    address: deployment.perp.clearingHouse,
    abi: abis.clearingHouseAbi,
    functionName: 'getAccountValue',
    args: [address],
  })
  expect((Number(size) * 2000) / Number(equity)).toBeGreaterThan(3.9)
  expect((Number(size) * 2000) / Number(equity)).toBeLessThan(4.1)
  expect(await readUsdc(address)).toBe(60_000n * 10n ** 6n)
})

test('behavior: left alone, a portfolio is liquidated on Aave, Morpho, Perp and Synthetix by their own calls', async () => {
  const { client, accounts, deployment } = devnet
  const twin = accounts.twin.address
  const synthetix = { asset: 'ETH', margin: 60_000, leverage: 4 } as const
  const plan = { ...DEFAULT_PORTFOLIO, synthetix }
  await openPortfolio(devnet, twin, plan)
  await openPortfolio(devnet, accounts.owner.address, plan) // nobody watches this one
  const path = syntheticCrash({ seed: SEED })
  const frames = await play({ path, seed: SEED, watch: [twin] })
  const liquidations = frames.flatMap((frame) => frame.liquidations)
  const target = {
    'aave-v3': { to: deployment.aave.pool, from: accounts.aaveLiquidator.address },
    'morpho-blue': { to: deployment.morpho.morpho, from: accounts.morphoLiquidator.address },
    'perp-v2': { to: deployment.perp.clearingHouse, from: accounts.perpLiquidator.address },
    'synthetix-perps-v2': {
      to: deployment.synthetix.markets.ETH.proxy,
      from: accounts.synthetixLiquidator.address,
    },
  }
  expect(new Set(liquidations.map(({ protocol }) => protocol))).toEqual(
    new Set(Object.keys(target)),
  )
  for (const { protocol, account, txHash, block, bonusUsd, closedUsd } of liquidations) {
    const receipt = await client.getTransactionReceipt({ hash: txHash })
    expect(receipt).toMatchObject({ status: 'success', blockNumber: block })
    expect(receipt.to).toBe(target[protocol].to.toLowerCase())
    expect(receipt.from).toBe(target[protocol].from.toLowerCase())
    expect(account).toBe(twin)
    if (protocol === 'synthetix-perps-v2') continue // no bonus, but fees: see the tests of Synthetix
    const share = numberFromUsd(bonusUsd) / numberFromUsd(closedUsd)
    expect(share).toBeCloseTo(
      { 'aave-v3': 0.05, 'morpho-blue': 0.0438, 'perp-v2': 0.025 }[protocol],
      3,
    )
  }
  const sales = frames.flatMap(({ trades }) =>
    trades.filter(({ reason }) => reason === 'liquidation'),
  )
  expect(new Set(sales.map(({ venue }) => venue))).toEqual(new Set(['uniswap-v3', 'perp-v2']))
  expect(frames.flatMap(({ refusals }) => refusals)).toEqual([])
  expect(await readUsdc(twin)).toBe(60_000n * 10n ** 6n)
  // The same positions, unwatched, are below their margin and whole.
  const [, debt, , , , healthFactor] = await readAave(accounts.owner.address)
  expect(Number(debt) / 1e8).toBeGreaterThan(DEFAULT_PORTFOLIO.aave.debt)
  expect(Number(healthFactor) / 1e18).toBeLessThan(1)
})

test('behavior: feeds are on the path, spot within its fee, marks within theirs, five minutes apart', async () => {
  const path = syntheticCrash({ seed: 5, frames: 96 })
  const short = { ...path, frames: path.frames.slice(0, 30) }
  const frames = await play({ path: short, seed: SEED, watch: [] })
  for (const [i, frame] of frames.entries()) {
    expect(frame.oraclePrices).toEqual(short.frames[i]!.prices)
    if (i > 0) expect(frame.timestamp - frames[i - 1]!.timestamp).toBe(300n)
    for (const asset of ['ETH', 'BTC'] as const) {
      const oracle = frame.oraclePrices[asset]
      // A background trade of at most 200,000 USD comes on top of the fee of 0.05 %.
      expect(off(frame.poolPrices[asset], oracle)).toBeLessThan(0.0011)
      expect(off(frame.perpPrices[asset], oracle)).toBeLessThan(0.0032)
      expect(off(frame.markPrices[asset], oracle)).toBeLessThan(0.015)
    }
  }
  const last = frames.at(-1)!
  const { client, deployment } = devnet
  expect(
    await client.readContract({
      address: deployment.aave.oracle,
      abi: abis.aaveOracleAbi,
      functionName: 'getAssetPrice',
      args: [deployment.tokens.WETH.address],
    }),
  ).toBe(last.oraclePrices.ETH / 10n ** 10n)
  expect(await client.getBlockNumber()).toBe(last.block)
  const { trades } = last
  expect(trades.filter(({ reason }) => reason === 'background')).toHaveLength(2)
  expect(trades.every(({ value }) => value > 0n)).toBe(true)
})

test('behavior: a perp market falls as far as its limit per block allows; beyond six blocks it lags', async () => {
  const [, near, far, later] = await play({
    path: pathOf(2000, 1500, 500, 500),
    seed: SEED,
    watch: [],
  })
  expect(off(near!.perpPrices.ETH, near!.oraclePrices.ETH)).toBeLessThan(0.0035)
  expect(off(far!.perpPrices.ETH, far!.oraclePrices.ETH)).toBeGreaterThan(0.5)
  expect(far!.refusals).toEqual([])
  expect(off(far!.poolPrices.ETH, far!.oraclePrices.ETH)).toBeLessThan(0.002)
  expect(off(later!.perpPrices.ETH, later!.oraclePrices.ETH)).toBeLessThan(0.0035)
})

test('behavior: the same seed and path make the same blocks, another seed others', async () => {
  const path = syntheticCrash({ seed: 3 })
  const hashOf = async (seed: number) => {
    await devnet.revert(snapshot)
    snapshot = await devnet.snapshot()
    await openPortfolio(devnet, devnet.accounts.twin.address)
    await play({
      path: { ...path, frames: path.frames.slice(34, 46) },
      seed,
      watch: [devnet.accounts.twin.address],
    })
    return (await devnet.client.getBlock()).hash
  }
  const first = await hashOf(1)
  expect(await hashOf(1)).toBe(first)
  expect(await hashOf(2)).not.toBe(first)
})

test('behavior: without liquidators nobody is liquidated; the node mines for others between steps', async () => {
  const { client, accounts } = devnet
  const twin = accounts.twin.address
  await openPortfolio(devnet, twin)
  const world = await createWorld(devnet, {
    path: pathOf(2000, 800),
    seed: SEED,
    watch: [twin],
    liquidators: false,
  })
  await world.step()
  const value = 1n
  const hash = await client.sendTransaction({ account: accounts.owner, to: twin, value })
  expect((await client.waitForTransactionReceipt({ hash })).status).toBe('success')
  const { liquidations } = await world.step()
  expect(liquidations).toEqual([])
  const [, , , , , healthFactor] = await readAave(twin)
  expect(Number(healthFactor) / 1e18).toBeLessThan(1)
})

test('error: PathEndedError, InvalidInputError', async () => {
  const world = await createWorld(devnet, { path: pathOf(2000, 2000), seed: SEED, watch: [] })
  await world.step()
  expect(world.done).toBe(false)
  await world.step()
  expect(world.done).toBe(true)
  await expect(world.step()).rejects.toThrow(PathEndedError)
  const watch = [] as const
  await expect(createWorld(devnet, { path: pathOf(2000), seed: SEED, watch })).rejects.toThrow(
    InvalidInputError,
  )
  const { frames, ...rest } = pathOf(2000, 1990, 1980)
  const path = { ...rest, frames: frames.toReversed() }
  await expect(createWorld(devnet, { path, seed: SEED, watch })).rejects.toThrow(InvalidInputError)
})

test('error: DevnetTransactionError, InvalidInputError of a portfolio that cannot be', async () => {
  const { address } = devnet.accounts.owner
  const { aave } = DEFAULT_PORTFOLIO
  await expect(
    openPortfolio(devnet, address, { ...DEFAULT_PORTFOLIO, aave: { ...aave, healthFactor: 1.01 } }),
  ).rejects.toThrow(DevnetTransactionError)
  for (const plan of [
    { ...DEFAULT_PORTFOLIO, reserve: 80_001 },
    { ...DEFAULT_PORTFOLIO, reserve: Number.NaN },
    { ...DEFAULT_PORTFOLIO, aave: { ...aave, debt: 0 } },
    { ...DEFAULT_PORTFOLIO, aave: { ...aave, wbtcShare: 1.1 } },
  ])
    await expect(openPortfolio(devnet, address, plan)).rejects.toThrow(InvalidInputError)
})
