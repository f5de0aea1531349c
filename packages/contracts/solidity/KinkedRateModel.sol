// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

struct MarketParams {
    address loanToken;
    address collateralToken;
    address oracle;
    address irm;
    uint256 lltv;
}

struct Market {
    uint128 totalSupplyAssets;
    uint128 totalSupplyShares;
    uint128 totalBorrowAssets;
    uint128 totalBorrowShares;
    uint128 lastUpdate;
    uint128 fee;
}

/// @title An interest rate model for Morpho Blue: two straight lines that meet at a target utilization.
/// @dev Rates are per second, in WAD. Stateless, so `borrowRate` and `borrowRateView` agree. Stands in for Morpho's
/// adaptive curve, which no npm package ships.
contract KinkedRateModel {
    uint256 private constant WAD = 1e18;

    /// @notice Utilization where the slope changes. [WAD]
    uint256 public immutable TARGET_UTILIZATION;
    /// @notice Rate at zero utilization, per second. [WAD]
    uint256 public immutable BASE_RATE;
    /// @notice Rate at the target, per second. [WAD]
    uint256 public immutable TARGET_RATE;
    /// @notice Rate at full utilization, per second. [WAD]
    uint256 public immutable MAX_RATE;

    error InvalidCurve(uint256 target, uint256 base, uint256 atTarget, uint256 max);

    constructor(uint256 target, uint256 base, uint256 atTarget, uint256 max) {
        if (target == 0 || target >= WAD || base > atTarget || atTarget > max) {
            revert InvalidCurve(target, base, atTarget, max);
        }
        TARGET_UTILIZATION = target;
        BASE_RATE = base;
        TARGET_RATE = atTarget;
        MAX_RATE = max;
    }

    function borrowRate(MarketParams calldata, Market calldata market) external view returns (uint256) {
        return _rate(market);
    }

    function borrowRateView(MarketParams calldata, Market calldata market) external view returns (uint256) {
        return _rate(market);
    }

    function _rate(Market calldata market) private view returns (uint256) {
        if (market.totalSupplyAssets == 0) return BASE_RATE;
        uint256 utilization = uint256(market.totalBorrowAssets) * WAD / market.totalSupplyAssets;
        if (utilization > WAD) utilization = WAD;
        if (utilization <= TARGET_UTILIZATION) {
            return BASE_RATE + (TARGET_RATE - BASE_RATE) * utilization / TARGET_UTILIZATION;
        }
        return TARGET_RATE
            + (MAX_RATE - TARGET_RATE) * (utilization - TARGET_UTILIZATION) / (WAD - TARGET_UTILIZATION);
    }
}
