import { type Address, type BlockRef, price, type Token, WAD } from '@plimsoll/domain'
import type { Market } from '../src/index.ts'
import type { MarketReading } from '../src/parse.ts'

const at = (digit: string): Address => `0x${digit.repeat(40)}`

export const MORPHO = at('a')
export const OWNER = at('1')
export const EXECUTOR = at('2')
export const STRANGER = at('5')
export const VENUE = `morpho-blue:${MORPHO}`

export const WETH: Token = {
  chainId: 1,
  address: at('b'),
  symbol: 'WETH',
  decimals: 18,
  asset: 'ETH',
}
export const USDC: Token = {
  chainId: 1,
  address: at('c'),
  symbol: 'USDC',
  decimals: 6,
  asset: 'USDC',
}

export const MARKET: Market = {
  params: {
    loanToken: USDC.address,
    collateralToken: WETH.address,
    oracle: at('d'),
    irm: at('e'),
    lltv: (86n * WAD) / 100n,
  },
  loanToken: USDC,
  collateralToken: WETH,
  loanPrice: { type: 'fixed', price: price(WAD) },
}

export const BLOCK: BlockRef = {
  number: 7n,
  hash: `0x${'7'.repeat(64)}`,
  timestamp: 2_000n,
  gasPrice: 1n,
}

/** 10 WETH at 2,000 USDC against 10,000 USDC, at 4 % a year, last accrued at the block. */
export const READING: MarketReading = {
  market: {
    totalSupplyAssets: 100_000_000_000_000n,
    totalSupplyShares: 100_000_000_000_000_000_000n,
    totalBorrowAssets: 70_000_000_000_000n,
    totalBorrowShares: 70_000_000_000_000_000_000n,
    lastUpdate: 2_000n,
    fee: 0n,
  },
  borrower: { borrowShares: 10_000_000_000_000_000n, collateral: 10n * WAD },
  borrowRate: (4n * WAD) / 100n / 31_536_000n,
  priceE36: 2_000n * 10n ** 24n,
  loanPrice: price(WAD),
}
