import type { Artifacts } from '@plimsoll/contracts'
import type { FeedAsset, TokenSymbol } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import { answerOf, type StartPrices } from './market.ts'

const TOKEN_DETAILS = {
  WETH: { name: 'Wrapped Ether', decimals: 18 },
  WBTC: { name: 'Wrapped BTC', decimals: 8 },
  USDC: { name: 'USD Coin', decimals: 6 },
} as const

/** A token on the chain, with what the other steps need to know of it. */
export interface Token extends Contract {
  readonly decimals: number
  readonly price: number
}

/** What every protocol is deployed upon. */
export interface Base {
  readonly tokens: { readonly WETH: Token; readonly WBTC: Token; readonly USDC: Token }
  readonly feeds: { readonly ETH: Contract; readonly BTC: Contract; readonly USDC: Contract }
}

/** Deploys the test tokens and the price feeds. */
export async function deployTokens(
  deployer: Deployer,
  artifacts: Artifacts,
  prices: StartPrices,
): Promise<Base> {
  const token = async (symbol: TokenSymbol, price: number): Promise<Token> => {
    const { name, decimals } = TOKEN_DETAILS[symbol]
    const contract = await deployer.deploy(symbol, artifacts.TestToken, [name, symbol, decimals])
    return { ...contract, decimals, price }
  }
  const feed = (asset: FeedAsset) =>
    deployer.deploy(`${asset}/USD feed`, artifacts.PriceFeed, [
      8,
      `${asset} / USD`,
      answerOf(prices[asset]),
    ])
  return {
    tokens: {
      WETH: await token('WETH', prices.ETH),
      WBTC: await token('WBTC', prices.BTC),
      USDC: await token('USDC', prices.USDC),
    },
    feeds: { ETH: await feed('ETH'), BTC: await feed('BTC'), USDC: await feed('USDC') },
  }
}
