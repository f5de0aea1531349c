import { type Address, parseUnits, zeroHash } from 'viem'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  type Devnet,
  PERP_DEPTH_USD,
  startDevnet,
  type TokenSymbol,
  UNISWAP_DEPTH_USD,
} from '../src/index.ts'
import * as abis from './protocolAbis.ts'

const MAX = 2n ** 256n - 1n
const WAD = 10n ** 18n
let devnet: Devnet
let snapshot: `0x${string}`

beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())
beforeEach(async () => {
  snapshot = await devnet.snapshot()
})
afterEach(() => devnet.revert(snapshot))

/** Gives the account tokens and lets a contract take them. */
async function fund(
  token: TokenSymbol,
  to: 'owner' | 'trader' | 'aaveLiquidator' | 'morphoLiquidator' | 'perpLiquidator',
  amount: bigint,
  spender: Address,
) {
  const { client, accounts, deployment } = devnet
  await devnet.mint(token, accounts[to].address, amount)
  await client.writeContractSync({
    account: accounts[to],
    address: deployment.tokens[token].address,
    abi: abis.erc20Abi,
    functionName: 'approve',
    args: [spender, MAX],
    throwOnReceiptRevert: true,
  })
}

const balance = (token: TokenSymbol, account: Address) =>
  devnet.client.readContract({
    address: devnet.deployment.tokens[token].address,
    abi: abis.erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  })

test('behavior: Aave lends against WETH, and a liquidator takes the bonus when the price falls', async () => {
  const { client, accounts, deployment } = devnet
  const { owner, aaveLiquidator } = accounts
  const { pool } = deployment.aave
  const { WETH, USDC } = deployment.tokens
  const aave = { address: pool, abi: abis.aavePoolAbi, throwOnReceiptRevert: true } as const
  await fund('WETH', 'owner', parseUnits('10', 18), pool)
  await client.writeContractSync({
    ...aave,
    account: owner,
    functionName: 'supply',
    args: [WETH.address, parseUnits('10', 18), owner.address, 0],
  })
  await client.writeContractSync({
    ...aave,
    account: owner,
    functionName: 'borrow',
    args: [USDC.address, parseUnits('15000', 6), 2n, 0, owner.address],
  })
  expect(await balance('USDC', owner.address)).toBe(parseUnits('15000', 6))
  const read = async () =>
    await client.readContract({
      ...aave,
      functionName: 'getUserAccountData',
      args: [owner.address],
    })
  expect(Number((await read())[5]) / 1e18).toBeCloseTo((20_000 * 0.83) / 15_000, 6)

  await devnet.setFeed('ETH', 1_700_00000000n)
  expect((await read())[5]).toBeLessThan(WAD)
  await fund('USDC', 'aaveLiquidator', parseUnits('5000', 6), pool)
  await client.writeContractSync({
    ...aave,
    account: aaveLiquidator,
    functionName: 'liquidationCall',
    args: [WETH.address, USDC.address, owner.address, parseUnits('5000', 6), false],
  })
  // 5,000 / 1,700 ETH, plus the bonus of 5 %, of which Aave keeps a tenth.
  const seized = Number(await balance('WETH', aaveLiquidator.address)) / 1e18
  expect(seized).toBeCloseTo((5_000 / 1_700) * 1.045, 4)
})

test('behavior: Morpho lends against WBTC up to 86 %, and liquidates beyond', async () => {
  const { client, accounts, deployment } = devnet
  const { owner, morphoLiquidator } = accounts
  const market = deployment.morpho.markets.find(({ collateral }) => collateral === 'WBTC')!
  const params = { ...market.params, lltv: BigInt(market.params.lltv) }
  const morpho = {
    address: deployment.morpho.morpho,
    abi: abis.morphoAbi,
    throwOnReceiptRevert: true,
  } as const
  expect(
    await client.readContract({
      address: params.oracle,
      abi: abis.morphoOracleAbi,
      functionName: 'price',
    }),
  ).toBe((40_000n * 10n ** 6n * 10n ** 36n) / 10n ** 8n)
  await fund('WBTC', 'owner', parseUnits('1', 8), morpho.address)
  await client.writeContractSync({
    ...morpho,
    account: owner,
    functionName: 'supplyCollateral',
    args: [params, parseUnits('1', 8), owner.address, '0x'],
  })
  const borrow = (usdc: string) =>
    client.writeContractSync({
      ...morpho,
      account: owner,
      functionName: 'borrow',
      args: [params, parseUnits(usdc, 6), 0n, owner.address, owner.address],
    })
  await expect(borrow('34401')).rejects.toThrow('insufficient collateral')
  await borrow('34000')

  const seize = () =>
    client.writeContractSync({
      ...morpho,
      account: morphoLiquidator,
      functionName: 'liquidate',
      args: [params, owner.address, parseUnits('0.5', 8), 0n, '0x'],
    })
  await fund('USDC', 'morphoLiquidator', parseUnits('40000', 6), morpho.address)
  await expect(seize()).rejects.toThrow('position is healthy')
  await devnet.setFeed('BTC', 39_000_00000000n)
  await seize()
  expect(await balance('WBTC', morphoLiquidator.address)).toBe(parseUnits('0.5', 8))
})

test('behavior: Uniswap pools trade at the feed price, and the stated depth moves them by 1 %', async () => {
  const { client, accounts, deployment } = devnet
  const { trader } = accounts
  const router = deployment.uniswap.swapRouter02
  await fund('USDC', 'trader', parseUnits('11000000', 6), router)
  for (const [index, asset] of (['WETH', 'WBTC'] as const).entries()) {
    const token = deployment.tokens[asset]
    const swap = {
      tokenIn: deployment.tokens.USDC.address,
      tokenOut: token.address,
      fee: 500,
      sqrtPriceLimitX96: 0n,
    }
    const quote = async () => {
      const { result } = await client.simulateContract({
        address: deployment.uniswap.quoterV2,
        abi: abis.quoterAbi,
        functionName: 'quoteExactInputSingle',
        args: [{ ...swap, amountIn: parseUnits('100', 6) }],
      })
      return 100 / (Number(result[0]) / 10 ** token.decimals) / 1.0005
    }
    const start = await quote()
    expect(start / [2_000, 40_000][index]!).toBeCloseTo(1, 5)
    const amountIn = parseUnits(String(UNISWAP_DEPTH_USD * 1.0005), 6)
    await client.writeContractSync({
      account: trader,
      address: router,
      abi: abis.swapRouterAbi,
      functionName: 'exactInputSingle',
      args: [{ ...swap, recipient: trader.address, amountIn, amountOutMinimum: 0n }],
      throwOnReceiptRevert: true,
    })
    expect((await quote()) / start).toBeCloseTo(1.01, 4)
  }
})

test('behavior: Perp markets are tradable at once, at the index price and the stated depth', async () => {
  const { client, accounts, deployment } = devnet
  const { trader } = accounts
  const { perp, tokens } = deployment
  await fund('USDC', 'trader', parseUnits('2000000', 6), perp.vault)
  await client.writeContractSync({
    account: trader,
    address: perp.vault,
    abi: abis.perpVaultAbi,
    functionName: 'deposit',
    args: [tokens.USDC.address, parseUnits('2000000', 6)],
    throwOnReceiptRevert: true,
  })
  for (const [asset, price] of [
    ['ETH', 2_000n],
    ['BTC', 40_000n],
  ] as const) {
    const { baseToken, pool } = perp.markets[asset]
    const mark = () =>
      client.readContract({
        address: perp.accountBalance,
        abi: abis.accountBalanceAbi,
        functionName: 'getMarkPrice',
        args: [baseToken],
      })
    const index = await client.readContract({
      address: baseToken,
      abi: abis.baseTokenAbi,
      functionName: 'getIndexPrice',
      args: [900n],
    })
    expect(index).toBe(price * WAD)
    expect(Number(await mark()) / Number(index)).toBeCloseTo(1, 3)
    const sqrtPrice = async () =>
      Number(
        (
          await client.readContract({
            address: pool,
            abi: abis.uniswapPoolAbi,
            functionName: 'slot0',
          })
        )[0],
      )
    const before = await sqrtPrice()
    const params = {
      baseToken,
      isBaseToQuote: false,
      isExactInput: true,
      amount: parseUnits(String(PERP_DEPTH_USD * 1.003), 18),
      oppositeAmountBound: 0n,
      deadline: MAX,
      sqrtPriceLimitX96: 0n,
      referralCode: zeroHash,
    }
    await client.writeContractSync({
      account: trader,
      address: perp.clearingHouse,
      abi: abis.clearingHouseAbi,
      functionName: 'openPosition',
      args: [params],
      throwOnReceiptRevert: true,
    })
    expect((await sqrtPrice()) ** 2 / before ** 2).toBeCloseTo(1.01, 3)
    const size = await client.readContract({
      address: perp.accountBalance,
      abi: abis.accountBalanceAbi,
      functionName: 'getTakerPositionSize',
      args: [trader.address, baseToken],
    })
    expect(Number(size) / 1e18).toBeCloseTo(PERP_DEPTH_USD / Number(price) / 1.005, -1)
  }
})

test('behavior: a liquidator takes a perp position over when its margin is gone', async () => {
  const { client, accounts, deployment } = devnet
  const { owner, perpLiquidator } = accounts
  const { perp, tokens } = deployment
  const { baseToken } = perp.markets.ETH
  for (const [role, amount] of [
    ['owner', '10000'],
    ['trader', '5000000'],
    ['perpLiquidator', '1000000'],
  ] as const) {
    await fund('USDC', role, parseUnits(amount, 6), perp.vault)
    await client.writeContractSync({
      account: accounts[role],
      address: perp.vault,
      abi: abis.perpVaultAbi,
      functionName: 'deposit',
      args: [tokens.USDC.address, parseUnits(amount, 6)],
      throwOnReceiptRevert: true,
    })
  }
  const house = {
    address: perp.clearingHouse,
    abi: abis.clearingHouseAbi,
    throwOnReceiptRevert: true,
  } as const
  const open = (role: 'owner' | 'trader', isBaseToQuote: boolean, amount: bigint) => {
    const bounds = { oppositeAmountBound: 0n, deadline: MAX, sqrtPriceLimitX96: 0n }
    const params = { baseToken, isBaseToQuote, isExactInput: true, amount, ...bounds }
    return client.writeContractSync({
      ...house,
      account: accounts[role],
      functionName: 'openPosition',
      args: [{ ...params, referralCode: zeroHash }],
    })
  }
  const size = () =>
    client.readContract({
      address: perp.accountBalance,
      abi: abis.accountBalanceAbi,
      functionName: 'getTakerPositionSize',
      args: [owner.address, baseToken],
    })
  await open('owner', false, parseUnits('90000', 18))
  const liquidate = () =>
    client.writeContractSync({
      ...house,
      account: perpLiquidator,
      functionName: 'liquidate',
      args: [owner.address, baseToken, 0n],
    })
  await expect(liquidate()).rejects.toThrow('CH_EAV')

  // The mark is a median of the pool's price, its average and the index: the pool has to trade down as well.
  await open('trader', true, parseUnits('6000', 18))
  await devnet.setFeed('ETH', 1_880_00000000n)
  await devnet.mine(1_800)
  const before = await size()
  await liquidate()
  expect(await size()).toBeLessThan(before)
})

test('behavior: one feed moves Aave, Morpho and the perp index together', async () => {
  const { client, deployment } = devnet
  await devnet.setFeed('ETH', 1_234_00000000n)
  const oracle = deployment.morpho.oracles.WETH
  const [aave, morpho, perp] = await client.multicall({
    allowFailure: false,
    contracts: [
      {
        address: deployment.aave.oracle,
        abi: abis.aaveOracleAbi,
        functionName: 'getAssetPrice',
        args: [deployment.tokens.WETH.address],
      },
      { address: oracle, abi: abis.morphoOracleAbi, functionName: 'price' },
      {
        address: deployment.perp.markets.ETH.baseToken,
        abi: abis.baseTokenAbi,
        functionName: 'getIndexPrice',
        args: [0n],
      },
    ],
  })
  expect(aave).toBe(1_234_00000000n)
  expect(morpho).toBe(1_234n * 10n ** 24n)
  expect(perp).toBe(1_234n * WAD)
})
