// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

interface ISynth {
    function issue(address account, uint256 amount) external;
}

/// @title What Synthetix's perps ask of the rest of Synthetix, which the devnet does not have.
/// @dev One contract under the names FeePool, Exchanger, Issuer, CollateralManager, EtherWrapper and WrapperFactory.
/// Nothing is owed or waited for after an exchange, since there are none. As the issuer it hands out sUSD.
contract SynthetixStandIn {
    /// Where Synthetix collects its fees; only the total is kept here.
    address public constant FEE_ADDRESS = 0xfeEFEEfeefEeFeefEEFEEfEeFeefEEFeeFEEFEeF;

    address public immutable owner;
    ISynth public immutable SUSD;

    /// All fees ever paid. [sUSD, 18 decimals]
    uint256 public feesPaid;
    /// What a volatile price adds to every order's fee. [WAD]
    uint256 public dynamicFeeRate;
    /// True refuses every order.
    bool public isTooVolatile;

    event FeePaid(uint256 amount);

    error NotOwner(address caller);

    constructor(ISynth susd) {
        owner = msg.sender;
        SUSD = susd;
    }

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    // Issuer

    function mint(address to, uint256 amount) external onlyOwner {
        SUSD.issue(to, amount);
    }

    // FeePool

    function recordFeePaid(uint256 amount) external {
        feesPaid += amount;
        emit FeePaid(amount);
    }

    // Exchanger

    function setDynamicFee(uint256 rate, bool tooVolatile) external onlyOwner {
        dynamicFeeRate = rate;
        isTooVolatile = tooVolatile;
    }

    function dynamicFeeRateForExchange(bytes32, bytes32) external view returns (uint256 feeRate, bool tooVolatile) {
        return (dynamicFeeRate, isTooVolatile);
    }

    function settle(address, bytes32) external pure returns (uint256 reclaimed, uint256 refunded, uint256 entries) {
        return (0, 0, 0);
    }

    function settlementOwing(address, bytes32)
        external
        pure
        returns (uint256 reclaimAmount, uint256 rebateAmount, uint256 entries)
    {
        return (0, 0, 0);
    }

    function maxSecsLeftInWaitingPeriod(address, bytes32) external pure returns (uint256) {
        return 0;
    }

    // CollateralManager, WrapperFactory

    function hasCollateral(address) external pure returns (bool) {
        return false;
    }

    function isWrapper(address) external pure returns (bool) {
        return false;
    }
}
