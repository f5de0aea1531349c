import type { Address, Token } from '@plimsoll/domain'
import type { Pool } from '../src/index.ts'

const at = (digit: string): Address => `0x${digit.repeat(40)}`

export const ROUTER = at('a')
export const OWNER = at('1')
export const EXECUTOR = at('2')
export const STRANGER = at('5')
export const VENUE = `uniswap-v3:${ROUTER}`

const token = (address: Address, symbol: string, decimals: number, asset: string): Token => ({
  chainId: 1,
  address,
  symbol,
  decimals,
  asset,
})

export const WETH = token(at('b'), 'WETH', 18, 'ETH')
export const USDC = token(at('c'), 'USDC', 6, 'USDC')
export const WBTC = token(at('d'), 'WBTC', 8, 'BTC')

/** WETH sorts before USDC: the pool's own price is USDC per WETH. */
export const WETH_USDC: Pool = { address: at('e'), fee: 500, base: WETH, quote: USDC }
/** WBTC sorts after USDC: the pool's own price is WBTC per USDC. */
export const WBTC_USDC: Pool = { address: at('f'), fee: 3_000, base: WBTC, quote: USDC }
