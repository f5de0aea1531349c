// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

/// @title An owner that is a contract and calls what it is told, for tests.
contract ContractOwner {
    function run(address target, bytes calldata data) external {
        (bool success, bytes memory reason) = target.call(data);
        if (success) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }
}
