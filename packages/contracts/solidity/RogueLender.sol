// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

interface ILendableToken {
    function transfer(address to, uint256 value) external;
    function transferFrom(address from, address to, uint256 value) external;
}

interface IAaveV3Borrower {
    function executeOperation(address asset, uint256 amount, uint256 premium, address initiator, bytes calldata params)
        external
        returns (bool);
}

/// @title A lender with Aave's interface that charges what it likes and calls back as often as it likes, for tests.
contract RogueLender {
    uint256 public premium;
    uint256 public callbacks = 1;
    /// @notice What it leaves of the approval that it was given.
    uint256 public untaken;

    function behave(uint256 premium_, uint256 callbacks_, uint256 untaken_) external {
        (premium, callbacks, untaken) = (premium_, callbacks_, untaken_);
    }

    function flashLoanSimple(address receiver, address asset, uint256 amount, bytes calldata params, uint16) external {
        ILendableToken(asset).transfer(receiver, amount);
        for (uint256 i = 0; i < callbacks; i++) {
            IAaveV3Borrower(receiver).executeOperation(asset, amount, premium, msg.sender, params);
        }
        ILendableToken(asset).transferFrom(receiver, address(this), amount + premium - untaken);
    }
}
