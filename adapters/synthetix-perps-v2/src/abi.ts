import { parseAbi } from 'viem'

/** A market's proxy, with the functions of its five implementations. @see `synthetix` 2.102.1, `IPerpsV2MarketConsolidated` */
export const marketAbi = parseAbi([
  'struct Position { uint64 id; uint64 lastFundingIndex; uint128 margin; uint128 lastPrice; int128 size; }',
  'struct DelayedOrder { bool isOffchain; int128 sizeDelta; uint128 desiredFillPrice; uint128 targetRoundId; uint128 commitDeposit; uint128 keeperDeposit; uint256 executableAtTime; uint256 intentionTime; bytes32 trackingCode; }',
  'function transferMargin(int256 marginDelta)',
  'function submitOffchainDelayedOrder(int256 sizeDelta, uint256 desiredFillPrice)',
  'function cancelOffchainDelayedOrder(address account)',
  'function baseAsset() view returns (bytes32)',
  'function assetPrice() view returns (uint256 price, bool invalid)',
  'function marketSkew() view returns (int128)',
  'function marketSize() view returns (uint128)',
  'function currentFundingRate() view returns (int256)',
  'function positions(address account) view returns (Position)',
  'function delayedOrders(address account) view returns (DelayedOrder)',
  'function isFlagged(address account) view returns (bool)',
  'function accruedFunding(address account) view returns (int256 funding, bool invalid)',
  'event PositionModified(uint256 indexed id, address indexed account, uint256 margin, int256 size, int256 tradeSize, uint256 lastPrice, uint256 fundingIndex, uint256 fee, int256 skew)',
  'event DelayedOrderSubmitted(address indexed account, bool isOffchain, int256 sizeDelta, uint256 targetRoundId, uint256 intentionTime, uint256 executableAtTime, uint256 commitDeposit, uint256 keeperDeposit, bytes32 trackingCode)',
  'event DelayedOrderRemoved(address indexed account, bool isOffchain, uint256 currentRoundId, int256 sizeDelta, uint256 targetRoundId, uint256 commitDeposit, uint256 keeperDeposit, bytes32 trackingCode)',
  'event PositionFlagged(uint256 id, address account, address flagger, uint256 price, uint256 timestamp)',
])

/** @see `PerpsV2MarketSettings` */
export const settingsAbi = parseAbi([
  'struct Parameters { uint256 takerFee; uint256 makerFee; uint256 takerFeeDelayedOrder; uint256 makerFeeDelayedOrder; uint256 takerFeeOffchainDelayedOrder; uint256 makerFeeOffchainDelayedOrder; uint256 maxLeverage; uint256 maxMarketValue; uint256 maxFundingVelocity; uint256 skewScale; uint256 nextPriceConfirmWindow; uint256 delayedOrderConfirmWindow; uint256 minDelayTimeDelta; uint256 maxDelayTimeDelta; uint256 offchainDelayedOrderMinAge; uint256 offchainDelayedOrderMaxAge; bytes32 offchainMarketKey; uint256 offchainPriceDivergence; uint256 liquidationPremiumMultiplier; uint256 liquidationBufferRatio; uint256 maxLiquidationDelta; uint256 maxPD; }',
  'function parameters(bytes32 marketKey) view returns (Parameters)',
  'function minKeeperFee() view returns (uint256)',
  'function maxKeeperFee() view returns (uint256)',
  'function liquidationFeeRatio() view returns (uint256)',
  'function keeperLiquidationFee() view returns (uint256)',
  'function minInitialMargin() view returns (uint256)',
])

/** @see `Exchanger` */
export const exchangerAbi = parseAbi([
  'function dynamicFeeRateForExchange(bytes32 sourceCurrencyKey, bytes32 destinationCurrencyKey) view returns (uint256 feeRate, bool tooVolatile)',
])

/** @see `AddressResolver` */
export const resolverAbi = parseAbi([
  'function requireAndGetAddress(bytes32 name, string reason) view returns (address)',
])

/** @see `FuturesMarketManager` */
export const managerAbi = parseAbi([
  'function marketForKey(bytes32 marketKey) view returns (address)',
])

/** @see `ProxyERC20` */
export const tokenProxyAbi = parseAbi(['function target() view returns (address)'])
