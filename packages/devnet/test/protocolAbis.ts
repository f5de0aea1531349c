import { parseAbi } from 'viem'

export const erc20Abi = parseAbi([
  'function balanceOf(address account) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function transferFrom(address from, address to, uint256 value) returns (bool)',
])

export const aavePoolAbi = parseAbi([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) returns (uint256)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)',
  'function getUserAccountData(address user) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 threshold, uint256 ltv, uint256 healthFactor)',
  'function flashLoanSimple(address receiver, address asset, uint256 amount, bytes params, uint16 referralCode)',
  'function FLASHLOAN_PREMIUM_TOTAL() view returns (uint128)',
])

export const aaveOracleAbi = parseAbi([
  'function getAssetPrice(address asset) view returns (uint256)',
])

export const morphoAbi = parseAbi([
  'struct Params { address loanToken; address collateralToken; address oracle; address irm; uint256 lltv; }',
  'function supplyCollateral(Params params, uint256 assets, address onBehalf, bytes data)',
  'function withdrawCollateral(Params params, uint256 assets, address onBehalf, address receiver)',
  'function borrow(Params params, uint256 assets, uint256 shares, address onBehalf, address receiver) returns (uint256, uint256)',
  'function repay(Params params, uint256 assets, uint256 shares, address onBehalf, bytes data) returns (uint256, uint256)',
  'function liquidate(Params params, address borrower, uint256 seizedAssets, uint256 repaidShares, bytes data) returns (uint256, uint256)',
  'function setAuthorization(address authorized, bool isAuthorized)',
  'function position(bytes32 id, address user) view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral)',
  'function flashLoan(address token, uint256 assets, bytes data)',
])

export const morphoOracleAbi = parseAbi(['function price() view returns (uint256)'])

export const uniswapPoolAbi = parseAbi([
  'function slot0() view returns (uint160 sqrtPriceX96, int24 tick, uint16, uint16, uint16, uint8, bool)',
])

export const swapRouterAbi = parseAbi([
  'struct ExactInputSingle { address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 amountIn; uint256 amountOutMinimum; uint160 sqrtPriceLimitX96; }',
  'function exactInputSingle(ExactInputSingle params) payable returns (uint256 amountOut)',
])

export const quoterAbi = parseAbi([
  'struct QuoteParams { address tokenIn; address tokenOut; uint256 amountIn; uint24 fee; uint160 sqrtPriceLimitX96; }',
  'function quoteExactInputSingle(QuoteParams params) returns (uint256 amountOut, uint160, uint32, uint256)',
])

export const perpVaultAbi = parseAbi([
  'function deposit(address token, uint256 amount)',
  'function getFreeCollateral(address trader) view returns (uint256)',
])

export const clearingHouseAbi = parseAbi([
  'struct OpenPosition { address baseToken; bool isBaseToQuote; bool isExactInput; uint256 amount; uint256 oppositeAmountBound; uint256 deadline; uint160 sqrtPriceLimitX96; bytes32 referralCode; }',
  'function openPosition(OpenPosition params) returns (uint256 base, uint256 quote)',
  'function liquidate(address trader, address baseToken, int256 positionSize)',
  'function getAccountValue(address trader) view returns (int256)',
])

export const accountBalanceAbi = parseAbi([
  'function getTakerPositionSize(address trader, address baseToken) view returns (int256)',
  'function getMarkPrice(address baseToken) view returns (uint256)',
  'function getMarginRequirementForLiquidation(address trader) view returns (int256)',
])

export const baseTokenAbi = parseAbi([
  'function getIndexPrice(uint256 interval) view returns (uint256)',
])

export const perpsV2Abi = parseAbi([
  'struct Position { uint64 id; uint64 lastFundingIndex; uint128 margin; uint128 lastPrice; int128 size; }',
  'struct Order { bool isOffchain; int128 sizeDelta; uint128 desiredFillPrice; uint128 targetRoundId; uint128 commitDeposit; uint128 keeperDeposit; uint256 executableAtTime; uint256 intentionTime; bytes32 trackingCode; }',
  'function transferMargin(int256 marginDelta)',
  'function withdrawAllMargin()',
  'function submitOffchainDelayedOrder(int256 sizeDelta, uint256 desiredFillPrice)',
  'function executeOffchainDelayedOrder(address account, bytes[] priceUpdateData) payable',
  'function cancelOffchainDelayedOrder(address account)',
  'function flagPosition(address account)',
  'function liquidatePosition(address account)',
  'function positions(address account) view returns (Position)',
  'function delayedOrders(address account) view returns (Order)',
  'function assetPrice() view returns (uint256 price, bool invalid)',
  'function fillPrice(int256 sizeDelta) view returns (uint256 price, bool invalid)',
  'function orderFee(int256 sizeDelta, uint8 orderType) view returns (uint256 fee, bool invalid)',
  'function marketSkew() view returns (int128)',
  'function currentFundingRate() view returns (int256)',
  'function accruedFunding(address account) view returns (int256 funding, bool invalid)',
  'function remainingMargin(address account) view returns (uint256 margin, bool invalid)',
  'function accessibleMargin(address account) view returns (uint256 margin, bool invalid)',
  'function liquidationPrice(address account) view returns (uint256 price, bool invalid)',
  'function canLiquidate(address account) view returns (bool)',
  'function isFlagged(address account) view returns (bool)',
  'event MarginTransferred(address indexed account, int256 marginDelta)',
  'event PositionModified(uint256 indexed id, address indexed account, uint256 margin, int256 size, int256 tradeSize, uint256 lastPrice, uint256 fundingIndex, uint256 fee, int256 skew)',
  'event DelayedOrderSubmitted(address indexed account, bool isOffchain, int256 sizeDelta, uint256 targetRoundId, uint256 intentionTime, uint256 executableAtTime, uint256 commitDeposit, uint256 keeperDeposit, bytes32 trackingCode)',
  'event DelayedOrderRemoved(address indexed account, bool isOffchain, uint256 currentRoundId, int256 sizeDelta, uint256 targetRoundId, uint256 commitDeposit, uint256 keeperDeposit, bytes32 trackingCode)',
  'event PositionFlagged(uint256 id, address account, address flagger, uint256 price, uint256 timestamp)',
  'event PositionLiquidated(uint256 id, address account, address liquidator, int256 size, uint256 price, uint256 flaggerFee, uint256 liquidatorFee, uint256 stakersFee)',
])
