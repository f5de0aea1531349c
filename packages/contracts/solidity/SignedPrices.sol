// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

/// @title Prices that a publisher signs and anyone may bring, behind the part of Pyth's interface that Synthetix uses.
/// @dev An update is `abi.encode(id, price, conf, expo, publishTime, v, r, s)`: the signature is over {digestOf}.
/// Errors have Pyth's names, so callers see the same four bytes.
contract SignedPrices {
    /// As Pyth returns it: `price × 10^expo` at `publishTime`.
    struct Price {
        int64 price;
        uint64 conf;
        int32 expo;
        uint256 publishTime;
    }

    /// What an update costs. [wei]
    uint256 public constant UPDATE_FEE = 1;

    address public immutable PUBLISHER;

    mapping(bytes32 id => Price) private _prices;

    event PriceFeedUpdate(bytes32 indexed id, uint64 publishTime, int64 price, uint64 conf);

    error InsufficientFee();
    error InvalidUpdateData();
    error PriceFeedNotFound();
    error StalePrice();

    constructor(address publisher) {
        PUBLISHER = publisher;
    }

    /// Stores every price that is newer than the one at hand; older ones change nothing.
    function updatePriceFeeds(bytes[] calldata updates) external payable {
        if (msg.value < getUpdateFee(updates)) revert InsufficientFee();
        for (uint256 i = 0; i < updates.length; i++) _update(updates[i]);
    }

    function getUpdateFee(bytes[] calldata updates) public pure returns (uint256) {
        return updates.length * UPDATE_FEE;
    }

    function getPriceUnsafe(bytes32 id) public view returns (Price memory) {
        Price memory found = _prices[id];
        if (found.publishTime == 0) revert PriceFeedNotFound();
        return found;
    }

    /// @param age How far its time may be from now, to either side. [s]
    function getPriceNoOlderThan(bytes32 id, uint256 age) external view returns (Price memory) {
        Price memory found = getPriceUnsafe(id);
        uint256 time = found.publishTime;
        uint256 distance = time < block.timestamp ? block.timestamp - time : time - block.timestamp;
        if (distance > age) revert StalePrice();
        return found;
    }

    /// What the publisher signs.
    function digestOf(bytes32 id, int64 price, uint64 conf, int32 expo, uint64 publishTime)
        public
        view
        returns (bytes32)
    {
        return keccak256(abi.encode(block.chainid, address(this), id, price, conf, expo, publishTime));
    }

    function _update(bytes calldata update) private {
        if (update.length != 256) revert InvalidUpdateData();
        (bytes32 id, int64 price, uint64 conf, int32 expo, uint64 publishTime, uint8 v, bytes32 r, bytes32 s) =
            abi.decode(update, (bytes32, int64, uint64, int32, uint64, uint8, bytes32, bytes32));
        if (ecrecover(digestOf(id, price, conf, expo, publishTime), v, r, s) != PUBLISHER) revert InvalidUpdateData();
        if (publishTime <= _prices[id].publishTime) return;
        _prices[id] = Price(price, conf, expo, publishTime);
        emit PriceFeedUpdate(id, publishTime, price, conf);
    }
}
