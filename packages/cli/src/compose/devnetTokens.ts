import { type Deployment, FEED_OF, type TokenSymbol } from '@plimsoll/devnet'
import type { Token } from '@plimsoll/domain'

/** Every token of a devnet, sUSD among them. */
export type DevnetTokens = Readonly<Record<TokenSymbol | 'SUSD', Token>>

/** Tokens of a devnet as the ports know them. sUSD has a market price of its own. */
export function devnetTokens({ chainId, tokens, synthetix }: Deployment): DevnetTokens {
  const of = (symbol: TokenSymbol): Token => ({
    chainId,
    symbol,
    asset: FEED_OF[symbol],
    ...tokens[symbol],
  })
  return {
    WETH: of('WETH'),
    WBTC: of('WBTC'),
    USDC: of('USDC'),
    SUSD: { chainId, symbol: 'sUSD', asset: 'SUSD', ...synthetix.susd },
  }
}
