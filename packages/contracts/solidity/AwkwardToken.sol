// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

/// @title A token with the habits that real ones have, one at a time or together, for tests.
/// @notice It returns nothing; it changes an approval only by way of zero; anyone may mint.
contract AwkwardToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address account => mapping(address spender => uint256)) public allowance;

    /// @notice Kept back by every transfer: what is asked to move is more than what moves.
    uint256 public keepsBack;
    /// @notice Whether transfers answer `false` and move nothing.
    bool public declines;

    error ApprovalInUse(uint256 allowed);
    error InsufficientBalance();
    error InsufficientAllowance();

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function behave(uint256 keepsBack_, bool declines_) external {
        keepsBack = keepsBack_;
        declines = declines_;
    }

    function approve(address spender, uint256 value) external {
        uint256 allowed = allowance[msg.sender][spender];
        if (allowed != 0 && value != 0) revert ApprovalInUse(allowed);
        allowance[msg.sender][spender] = value;
    }

    function transfer(address to, uint256 value) external {
        _move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        uint256 allowed = allowance[from][msg.sender];
        if (allowed < value) revert InsufficientAllowance();
        allowance[from][msg.sender] = allowed - value;
        _move(from, to, value);
    }

    function _move(address from, address to, uint256 value) private {
        if (declines) {
            assembly ("memory-safe") {
                mstore(0, 0)
                return(0, 32)
            }
        }
        if (balanceOf[from] < value) revert InsufficientBalance();
        uint256 moved = value > keepsBack ? value - keepsBack : 0;
        balanceOf[from] -= moved;
        balanceOf[to] += moved;
    }
}
