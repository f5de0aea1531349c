import { parseAbi } from 'viem'

/** What a Uniswap v3 pool logs of every trade. */
export const swapEventAbi = parseAbi([
  'event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
])
