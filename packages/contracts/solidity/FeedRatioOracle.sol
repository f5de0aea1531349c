// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

interface IAggregator {
    function decimals() external view returns (uint8);
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80);
}

interface IDecimals {
    function decimals() external view returns (uint8);
}

/// @title The price of one token in another from two USD feeds, at the scale a Morpho Blue market asks for.
/// @dev `price()` is the value of 1 raw unit of collateral in raw units of the loan token, times 1e36. Rounds down.
contract FeedRatioOracle {
    IAggregator public immutable COLLATERAL_FEED;
    IAggregator public immutable LOAN_FEED;
    uint256 public immutable SCALE;

    error NonPositiveAnswer(address feed, int256 answer);

    constructor(IAggregator collateralFeed, IDecimals collateral, IAggregator loanFeed, IDecimals loan) {
        COLLATERAL_FEED = collateralFeed;
        LOAN_FEED = loanFeed;
        SCALE = 10 ** (36 + loan.decimals() + loanFeed.decimals() - collateral.decimals() - collateralFeed.decimals());
    }

    function price() external view returns (uint256) {
        return SCALE * _answer(COLLATERAL_FEED) / _answer(LOAN_FEED);
    }

    function _answer(IAggregator feed) private view returns (uint256) {
        (, int256 answer,,,) = feed.latestRoundData();
        if (answer <= 0) revert NonPositiveAnswer(address(feed), answer);
        return uint256(answer);
    }
}
