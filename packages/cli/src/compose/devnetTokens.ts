import { type Deployment, type TokenSymbol, tokensOf } from '@plimsoll/devnet'
import type { Token } from '@plimsoll/domain'

/** Every token of a devnet, sUSD among them. */
export type DevnetTokens = Readonly<Record<TokenSymbol | 'SUSD', Token>>

/** Tokens of a devnet as the ports know them. sUSD has a market price of its own. */
export function devnetTokens(deployment: Deployment): DevnetTokens {
  const { chainId, synthetix } = deployment
  return {
    ...tokensOf(deployment),
    SUSD: { chainId, symbol: 'sUSD', asset: 'SUSD', ...synthetix.susd },
  }
}
