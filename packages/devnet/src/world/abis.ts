import { parseAbi } from 'viem'

// The parts of the protocols' interfaces that the world and openPortfolio use.

export const uniswapPoolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)',
  'event Swap(address indexed sender, address indexed recipient, int256 amount0, int256 amount1, uint160 sqrtPriceX96, uint128 liquidity, int24 tick)',
])

export const swapRouterAbi = parseAbi([
  'struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingle params) payable returns (uint256 amountOut)',
])

export const aavePoolAbi = parseAbi([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf)',
  'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
  'function getUserAccountData(address user) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 threshold, uint256 ltv, uint256 healthFactor)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
])

export const aaveDataProviderAbi = parseAbi([
  'function getReserveConfigurationData(address asset) view returns (uint256 decimals, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, uint256 reserveFactor, bool usageAsCollateralEnabled, bool borrowingEnabled, bool stableBorrowRateEnabled, bool isActive, bool isFrozen)',
  'function getUserReserveData(address asset, address user) view returns (uint256 aTokenBalance, uint256 stableDebt, uint256 variableDebt, uint256 principalStableDebt, uint256 scaledVariableDebt, uint256 stableBorrowRate, uint256 liquidityRate, uint40 stableRateLastUpdated, bool usageAsCollateralEnabled)',
])

export const morphoAbi = parseAbi([
  'struct Params { address loanToken; address collateralToken; address oracle; address irm; uint256 lltv; }',
  'function supplyCollateral(Params params, uint256 assets, address onBehalf, bytes data)',
  'function borrow(Params params, uint256 assets, uint256 shares, address onBehalf, address receiver) returns (uint256, uint256)',
  'function liquidate(Params params, address borrower, uint256 seizedAssets, uint256 repaidShares, bytes data) returns (uint256, uint256)',
  'function position(bytes32 id, address user) view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral)',
  'function market(bytes32 id) view returns (uint128 totalSupplyAssets, uint128 totalSupplyShares, uint128 totalBorrowAssets, uint128 totalBorrowShares, uint128 lastUpdate, uint128 fee)',
  'event Liquidate(bytes32 indexed id, address indexed caller, address indexed borrower, uint256 repaidAssets, uint256 repaidShares, uint256 seizedAssets, uint256 badDebtAssets, uint256 badDebtShares)',
])

export const morphoOracleAbi = parseAbi(['function price() view returns (uint256)'])

export const clearingHouseAbi = parseAbi([
  'struct OpenPosition { address baseToken; bool isBaseToQuote; bool isExactInput; uint256 amount; uint256 oppositeAmountBound; uint256 deadline; uint160 sqrtPriceLimitX96; bytes32 referralCode; }',
  'struct ClosePosition { address baseToken; uint160 sqrtPriceLimitX96; uint256 oppositeAmountBound; uint256 deadline; bytes32 referralCode; }',
  'function openPosition(OpenPosition params) returns (uint256 base, uint256 quote)',
  'function closePosition(ClosePosition params) returns (uint256 base, uint256 quote)',
  'function liquidate(address trader, address baseToken)',
  'function getAccountValue(address trader) view returns (int256)',
  'event PositionChanged(address indexed trader, address indexed baseToken, int256 exchangedPositionSize, int256 exchangedPositionNotional, uint256 fee, int256 openNotional, int256 realizedPnl, uint256 sqrtPriceAfterX96)',
  'event PositionLiquidated(address indexed trader, address indexed baseToken, uint256 positionNotional, uint256 positionSize, uint256 liquidationFee, address liquidator)',
])

export const accountBalanceAbi = parseAbi([
  'function getTotalPositionSize(address trader, address baseToken) view returns (int256)',
  'function getMarkPrice(address baseToken) view returns (uint256)',
  'function getMarginRequirementForLiquidation(address trader) view returns (int256)',
])

export const perpVaultAbi = parseAbi(['function deposit(address token, uint256 amount)'])

export const marketRegistryAbi = parseAbi([
  'function getFeeRatio(address baseToken) view returns (uint24)',
])

export const priceFeedDispatcherAbi = parseAbi(['function dispatchPrice(uint256 interval)'])

export const perpsV2Abi = parseAbi([
  'struct Position { uint64 id; uint64 lastFundingIndex; uint128 margin; uint128 lastPrice; int128 size; }',
  'function transferMargin(int256 marginDelta)',
  'function submitOffchainDelayedOrder(int256 sizeDelta, uint256 desiredFillPrice)',
  'function executeOffchainDelayedOrder(address account, bytes[] priceUpdateData) payable',
  'function cancelOffchainDelayedOrder(address account)',
  'function flagPosition(address account)',
  'function liquidatePosition(address account)',
  'function marketSkew() view returns (int128)',
  'function canLiquidate(address account) view returns (bool)',
  'function isFlagged(address account) view returns (bool)',
  'event PositionModified(uint256 indexed id, address indexed account, uint256 margin, int256 size, int256 tradeSize, uint256 lastPrice, uint256 fundingIndex, uint256 fee, int256 skew)',
  'event DelayedOrderRemoved(address indexed account, bool isOffchain, uint256 currentRoundId, int256 sizeDelta, uint256 targetRoundId, uint256 commitDeposit, uint256 keeperDeposit, bytes32 trackingCode)',
  'event PositionFlagged(uint256 id, address account, address flagger, uint256 price, uint256 timestamp)',
  'event PositionLiquidated(uint256 id, address account, address liquidator, int256 size, uint256 price, uint256 flaggerFee, uint256 liquidatorFee, uint256 stakersFee)',
])

export const perpsV2StateAbi = parseAbi([
  'struct Order { bool isOffchain; int128 sizeDelta; uint128 desiredFillPrice; uint128 targetRoundId; uint128 commitDeposit; uint128 keeperDeposit; uint256 executableAtTime; uint256 intentionTime; bytes32 trackingCode; }',
  'function delayedOrders(address account) view returns (Order)',
  'function getDelayedOrderAddressesPage(uint256 index, uint256 pageSize) view returns (address[])',
])

export const perpsV2SettingsAbi = parseAbi([
  'function offchainDelayedOrderMinAge(bytes32 marketKey) view returns (uint256)',
  'function offchainDelayedOrderMaxAge(bytes32 marketKey) view returns (uint256)',
])
