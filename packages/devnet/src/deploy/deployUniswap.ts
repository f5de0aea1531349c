import { type Address, zeroAddress } from 'viem'
import type { UniswapDeployment, UniswapPool } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import type { Base, Token } from './deployTokens.ts'
import { amountWorth, UNISWAP_DEPTH_USD } from './market.ts'
import { sideForDepth, sqrtPriceX96 } from './poolMath.ts'

const CORE = '@uniswap/v3-core'
const PERIPHERY = '@uniswap/v3-periphery'
const ROUTERS = '@uniswap/swap-router-contracts'
const FEE = 500
const WIDEST_TICK = 887_270 // the last multiple of the spacing of 10
const OBSERVATIONS = 150
const MAX = 2n ** 256n - 1n

/** Deploys Uniswap v3 with two pools, and makes a market over all prices in each. */
export async function deployUniswap(
  deployer: Deployer,
  base: Base,
  maker: Address,
): Promise<UniswapDeployment> {
  const weth = base.tokens.WETH.address
  const factory = await deployer.deployFrom(CORE, 'UniswapV3Factory')
  // The token descriptor only draws pictures: there is none.
  const positionManager = await deployer.deployFrom(PERIPHERY, 'NonfungiblePositionManager', [
    factory.address,
    weth,
    zeroAddress,
  ])
  const quoterV2 = await deployer.deployFrom(ROUTERS, 'QuoterV2', [factory.address, weth])
  const swapRouter02 = await deployer.deployFrom(ROUTERS, 'SwapRouter02', [
    zeroAddress, // no Uniswap v2
    factory.address,
    positionManager.address,
    weth,
  ])
  const openPool = (asset: 'WETH' | 'WBTC') =>
    deployPool(deployer, { factory, positionManager, base, asset, maker })
  return {
    factory: factory.address,
    positionManager: positionManager.address,
    quoterV2: quoterV2.address,
    swapRouter02: swapRouter02.address,
    pools: [await openPool('WETH'), await openPool('WBTC')],
  }
}

async function deployPool(
  deployer: Deployer,
  plan: {
    readonly factory: Contract
    readonly positionManager: Contract
    readonly base: Base
    readonly asset: 'WETH' | 'WBTC'
    readonly maker: Address
  },
): Promise<UniswapPool> {
  const { factory, positionManager, base, asset, maker } = plan
  const isSorted = BigInt(base.tokens[asset].address) < BigInt(base.tokens.USDC.address)
  const [symbol0, symbol1] = isSorted ? ([asset, 'USDC'] as const) : (['USDC', asset] as const)
  const [token0, token1] = [base.tokens[symbol0], base.tokens[symbol1]]
  const side = sideForDepth(UNISWAP_DEPTH_USD)
  const worth = (token: Token) => amountWorth(side, token.price, token.decimals)
  const [amount0, amount1] = [worth(token0), worth(token1)]

  await deployer.send(factory, 'createPool', [token0.address, token1.address, FEE])
  const address = await deployer.read<Address>(factory, 'getPool', [
    token0.address,
    token1.address,
    FEE,
  ])
  const pool = await deployer.at(CORE, 'UniswapV3Pool', address)
  await deployer.send(pool, 'initialize', [sqrtPriceX96(amount1, amount0)])
  await deployer.send(pool, 'increaseObservationCardinalityNext', [OBSERVATIONS])
  for (const [token, amount] of [
    [token0, amount0],
    [token1, amount1],
  ] as const) {
    await deployer.send(token, 'mint', [maker, amount])
    await deployer.send(token, 'approve', [positionManager.address, MAX], maker)
  }
  const position = {
    token0: token0.address,
    token1: token1.address,
    fee: FEE,
    tickLower: -WIDEST_TICK,
    tickUpper: WIDEST_TICK,
    amount0Desired: amount0,
    amount1Desired: amount1,
    amount0Min: 0n,
    amount1Min: 0n,
    recipient: maker,
    deadline: MAX,
  }
  await deployer.send(positionManager, 'mint', [position], maker)
  return { address, token0: symbol0, token1: symbol1, fee: FEE }
}
