import type { Address } from 'viem'
import type { SynthetixDeployment, UniswapDeployment } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import type { Base, Token } from './deployTokens.ts'
import { amountWorth, SUSD_DEPTH_USD } from './market.ts'
import { nearestTick, sideForDepth, sqrtPriceX96 } from './poolMath.ts'

const CORE = '@uniswap/v3-core'
const FEE = 500
const TICK_SPACING = 10
const RANGE = 1.02
const MAX = 2n ** 256n - 1n

/** Opens a Uniswap v3 pool of sUSD against USDC, liquid around par. */
export async function deploySusdPool(
  deployer: Deployer,
  plan: {
    readonly base: Base
    readonly uniswap: UniswapDeployment
    readonly maker: Address
    readonly susd: Contract
    readonly standIn: Contract
  },
): Promise<SynthetixDeployment['susdPool']> {
  const { base, uniswap, maker, standIn } = plan
  const { USDC } = base.tokens
  const susd: Token = { ...plan.susd, decimals: 18, price: 1 }
  const isSusdFirst = BigInt(susd.address) < BigInt(USDC.address)
  const [token0, token1] = isSusdFirst ? [susd, USDC] : [USDC, susd]
  // Of a side over all prices, the range leaves out what would trade beyond it.
  const side = sideForDepth(SUSD_DEPTH_USD) * (1 - Math.sqrt(1 / RANGE))
  const worth = (token: Token) => amountWorth(side, token.price, token.decimals)
  const [amount0, amount1] = [worth(token0), worth(token1)]

  const factory = await deployer.at(CORE, 'UniswapV3Factory', uniswap.factory)
  await deployer.send(factory, 'createPool', [token0.address, token1.address, FEE])
  const pair = [token0.address, token1.address, FEE]
  const address = await deployer.read<Address>(factory, 'getPool', pair)
  const pool = await deployer.at(CORE, 'UniswapV3Pool', address)
  await deployer.send(pool, 'initialize', [sqrtPriceX96(amount1, amount0)])

  await deployer.send(standIn, 'mint', [maker, worth(susd)])
  await deployer.send(USDC, 'mint', [maker, worth(USDC)])
  for (const token of [susd, USDC])
    await deployer.send(token, 'approve', [uniswap.positionManager, MAX], maker)
  const positionManager = await deployer.at(
    '@uniswap/v3-periphery',
    'NonfungiblePositionManager',
    uniswap.positionManager,
  )
  const price = Number(amount1) / Number(amount0)
  const position = {
    token0: token0.address,
    token1: token1.address,
    fee: FEE,
    tickLower: nearestTick(price / RANGE, TICK_SPACING),
    tickUpper: nearestTick(price * RANGE, TICK_SPACING),
    amount0Desired: amount0,
    amount1Desired: amount1,
    amount0Min: 0n,
    amount1Min: 0n,
    recipient: maker,
    deadline: MAX,
  }
  await deployer.send(positionManager, 'mint', [position], maker)
  return { address, token0: token0.address, token1: token1.address, fee: FEE }
}
