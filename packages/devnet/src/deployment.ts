import type { Token } from '@plimsoll/domain'
import type { Address, Hex } from 'viem'

export const TOKENS = ['WETH', 'WBTC', 'USDC'] as const
export type TokenSymbol = (typeof TOKENS)[number]

export const FEEDS = ['ETH', 'BTC', 'USDC'] as const
export type FeedAsset = (typeof FEEDS)[number]

export const PERP_ASSETS = ['ETH', 'BTC'] as const
export type PerpAsset = (typeof PERP_ASSETS)[number]

/** Which feed prices a token. */
export const FEED_OF = { WETH: 'ETH', WBTC: 'BTC', USDC: 'USDC' } as const satisfies Record<
  TokenSymbol,
  FeedAsset
>

export interface TokenDeployment {
  readonly address: Address
  readonly decimals: number
}

export interface AaveReserve {
  readonly aToken: Address
  readonly variableDebtToken: Address
}

export interface AaveDeployment {
  readonly pool: Address
  readonly poolConfigurator: Address
  readonly addressesProvider: Address
  readonly aclManager: Address
  readonly oracle: Address
  readonly dataProvider: Address
  readonly uiPoolDataProvider: Address
  readonly reserves: Readonly<Record<TokenSymbol, AaveReserve>>
}

/** Morpho's own five market parameters. `lltv` is a decimal string. [WAD] */
export interface MorphoMarketParams {
  readonly loanToken: Address
  readonly collateralToken: Address
  readonly oracle: Address
  readonly irm: Address
  readonly lltv: string
}

export interface MorphoMarket {
  readonly id: Hex
  readonly collateral: TokenSymbol
  readonly loan: TokenSymbol
  readonly params: MorphoMarketParams
}

export interface MorphoDeployment {
  readonly morpho: Address
  readonly irm: Address
  readonly oracles: Readonly<Record<'WETH' | 'WBTC', Address>>
  readonly markets: readonly MorphoMarket[]
}

export interface UniswapPool {
  readonly address: Address
  readonly token0: TokenSymbol
  readonly token1: TokenSymbol
  /** Hundredths of a basis point. */
  readonly fee: number
}

export interface UniswapDeployment {
  readonly factory: Address
  readonly positionManager: Address
  readonly quoterV2: Address
  readonly swapRouter02: Address
  readonly pools: readonly UniswapPool[]
}

export interface PerpMarket {
  readonly baseToken: Address
  readonly pool: Address
  readonly priceFeedDispatcher: Address
  readonly chainlinkPriceFeed: Address
}

export interface PerpDeployment {
  readonly clearingHouse: Address
  readonly clearingHouseConfig: Address
  readonly vault: Address
  readonly accountBalance: Address
  readonly exchange: Address
  readonly orderBook: Address
  readonly marketRegistry: Address
  readonly insuranceFund: Address
  readonly collateralManager: Address
  readonly delegateApproval: Address
  readonly quoteToken: Address
  readonly factory: Address
  readonly markets: Readonly<Record<PerpAsset, PerpMarket>>
}

export interface SynthetixMarket {
  /** `sETHPERP` as bytes32. */
  readonly key: Hex
  /** `sETH` as bytes32: what the exchange rates know it by. */
  readonly asset: Hex
  /** The market for everyone who trades on it, with the functions of its five implementations. */
  readonly proxy: Address
  /** Positions and orders, with the lists of who has one. */
  readonly state: Address
  /** What the off-chain price goes by. */
  readonly priceFeedId: Hex
}

export interface SynthetixDeployment {
  readonly addressResolver: Address
  readonly systemStatus: Address
  readonly systemSettings: Address
  readonly exchangeRates: Address
  readonly futuresMarketManager: Address
  readonly marketSettings: Address
  /** `PerpsV2ExchangeRate`: takes the price bytes that an execution brings. */
  readonly exchangeRate: Address
  /** Ours, `SignedPrices`: checks price bytes as Pyth would. */
  readonly pyth: Address
  /** Ours: FeePool, Exchanger and Issuer. */
  readonly standIn: Address
  readonly susd: TokenDeployment
  /** Uniswap v3, sUSD against USDC. */
  readonly susdPool: {
    readonly address: Address
    readonly token0: Address
    readonly token1: Address
    /** Hundredths of a basis point. */
    readonly fee: number
  }
  readonly markets: Readonly<Record<PerpAsset, SynthetixMarket>>
}

/** Where everything is on a devnet: plain JSON. */
export interface Deployment {
  readonly chainId: number
  /** The first block after the deployment. */
  readonly startBlock: number
  readonly multicall3: Address
  readonly tokens: Readonly<Record<TokenSymbol, TokenDeployment>>
  readonly feeds: Readonly<Record<FeedAsset, Address>>
  readonly aave: AaveDeployment
  readonly morpho: MorphoDeployment
  readonly uniswap: UniswapDeployment
  readonly perp: PerpDeployment
  readonly synthetix: SynthetixDeployment
}

/** A token of a devnet, with the asset it follows. */
export type DevnetToken = Token & { readonly symbol: TokenSymbol; readonly asset: FeedAsset }

/** The tokens of a devnet, as adapters take them. */
export function tokensOf({
  chainId,
  tokens,
}: Deployment): Readonly<Record<TokenSymbol, DevnetToken>> {
  const token = (symbol: TokenSymbol): DevnetToken => ({
    chainId,
    symbol,
    asset: FEED_OF[symbol],
    ...tokens[symbol],
  })
  return { WETH: token('WETH'), WBTC: token('WBTC'), USDC: token('USDC') }
}
