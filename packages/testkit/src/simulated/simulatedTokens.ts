import type { Address, Token } from '@plimsoll/domain'

const token = (digit: string, symbol: string, decimals: number, asset: string): Token => ({
  chainId: 31_337,
  address: `0x${digit.repeat(40)}` as Address,
  symbol,
  decimals,
  asset,
})

/** Tokens of the simulated chain: as many decimals as the real ones have. */
export const SIMULATED_WETH = token('e', 'WETH', 18, 'ETH')
export const SIMULATED_WBTC = token('b', 'WBTC', 8, 'BTC')
export const SIMULATED_USDC = token('c', 'USDC', 6, 'USDC')
export const SIMULATED_SUSD = token('d', 'sUSD', 18, 'USD')

/** Account number `index` of the simulated chain. */
export const simulatedAccount = (index: number): Address =>
  `0x${(0xacc0_0000n + BigInt(index)).toString(16).padStart(40, '0')}`
