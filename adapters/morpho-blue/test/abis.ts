import { parseAbi } from 'viem'

/** What tests do to Morpho Blue beyond what the adapter does. */
export const morphoAbi = parseAbi([
  'struct MarketParams { address loanToken; address collateralToken; address oracle; address irm; uint256 lltv; }',
  'function market(bytes32 id) view returns (uint128 totalSupplyAssets, uint128 totalSupplyShares, uint128 totalBorrowAssets, uint128 totalBorrowShares, uint128 lastUpdate, uint128 fee)',
  'function position(bytes32 id, address user) view returns (uint256 supplyShares, uint128 borrowShares, uint128 collateral)',
  'function accrueInterest(MarketParams params)',
  'function supply(MarketParams params, uint256 assets, uint256 shares, address onBehalf, bytes data) returns (uint256, uint256)',
  'function withdraw(MarketParams params, uint256 assets, uint256 shares, address onBehalf, address receiver) returns (uint256, uint256)',
  'function supplyCollateral(MarketParams params, uint256 assets, address onBehalf, bytes data)',
  'function withdrawCollateral(MarketParams params, uint256 assets, address onBehalf, address receiver)',
  'function borrow(MarketParams params, uint256 assets, uint256 shares, address onBehalf, address receiver) returns (uint256, uint256)',
  'function repay(MarketParams params, uint256 assets, uint256 shares, address onBehalf, bytes data) returns (uint256, uint256)',
  'function liquidate(MarketParams params, address borrower, uint256 seizedAssets, uint256 repaidShares, bytes data) returns (uint256 seizedAssets_, uint256 repaidAssets)',
  'function setFee(MarketParams params, uint256 newFee)',
  'function setFeeRecipient(address recipient)',
  'function isAuthorized(address authorizer, address authorized) view returns (bool)',
])

/** What tests read of a feed. */
export const feedAnswerAbi = parseAbi(['function latestAnswer() view returns (int256)'])
