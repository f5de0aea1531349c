import { parseAbi } from 'viem'

/** @see `@perp/curie-contract` 2.8.4, `IClearingHouse` */
export const clearingHouseAbi = parseAbi([
  'function openPosition((address baseToken, bool isBaseToQuote, bool isExactInput, uint256 amount, uint256 oppositeAmountBound, uint256 deadline, uint160 sqrtPriceLimitX96, bytes32 referralCode) params) returns (uint256 base, uint256 quote)',
])

/** @see `IVault` */
export const vaultAbi = parseAbi([
  'function deposit(address token, uint256 amount)',
  'function depositFor(address to, address token, uint256 amount)',
  'function withdraw(address token, uint256 amount)',
  'function getBalance(address trader) view returns (int256)',
])

/** @see `IAccountBalance` */
export const accountBalanceAbi = parseAbi([
  'function getBaseTokens(address trader) view returns (address[])',
  'function getAccountInfo(address trader, address baseToken) view returns ((int256 takerPositionSize, int256 takerOpenNotional, int256 lastTwPremiumGrowthGlobalX96))',
  'function getTakerPositionSize(address trader, address baseToken) view returns (int256)',
  'function getPnlAndPendingFee(address trader) view returns (int256 owedRealizedPnl, int256 unrealizedPnl, uint256 pendingFee)',
  'function hasOrder(address trader) view returns (bool)',
])

/** @see `IExchange` */
export const exchangeAbi = parseAbi([
  'function getMarketRegistry() view returns (address)',
  'function getSqrtMarketTwapX96(address baseToken, uint32 twapInterval) view returns (uint160)',
  'function getPendingFundingPayment(address trader, address baseToken) view returns (int256)',
  'function settleFunding(address trader, address baseToken) returns (int256 fundingPayment, (int256 twPremiumX96, int256 twPremiumDivBySqrtPriceX96) fundingGrowthGlobal)',
  'function swap((address trader, address baseToken, bool isBaseToQuote, bool isExactInput, bool isClose, uint256 amount, uint160 sqrtPriceLimitX96) params) returns ((uint256 base, uint256 quote, int256 exchangedPositionSize, int256 exchangedPositionNotional, uint256 fee, uint256 insuranceFundFee, int256 pnlToBeRealized, uint256 sqrtPriceAfterX96, int24 tick, bool isPartialClose, uint24 closedRatio))',
])

/** @see `IClearingHouseConfig` */
export const configAbi = parseAbi([
  'function getImRatio() view returns (uint24)',
  'function getMmRatio() view returns (uint24)',
  'function getLiquidationPenaltyRatio() view returns (uint24)',
  'function getMaxFundingRate() view returns (uint24)',
  'function getTwapInterval() view returns (uint32)',
  'function getMarkPriceConfig() view returns (uint32 marketTwapInterval, uint32 premiumInterval)',
])

/** @see `IBaseToken`, `IIndexPrice` */
export const baseTokenAbi = parseAbi([
  'function getIndexPrice(uint256 interval) view returns (uint256)',
  'function isOpen() view returns (bool)',
  'function isClosed() view returns (bool)',
  'function getClosedPrice() view returns (uint256)',
  'function getPausedIndexPrice() view returns (uint256)',
])

/** @see `IMarketRegistry` */
export const marketRegistryAbi = parseAbi([
  'function getFeeRatio(address baseToken) view returns (uint24)',
])

/** @see Uniswap v3 `IUniswapV3PoolState` */
export const poolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16 observationIndex, uint16 observationCardinality, uint16 observationCardinalityNext, uint8 feeProtocol, bool unlocked)',
  'function liquidity() view returns (uint128)',
])
