// SPDX-License-Identifier: MIT
pragma solidity 0.8.27;

/// @title A price feed with Chainlink's aggregator interface whose answers its owner writes.
/// @dev Rounds count from 1 and are all kept. A round is answered in itself, when it is written.
contract PriceFeed {
    struct Round {
        int256 answer;
        uint256 updatedAt;
    }

    uint256 public constant version = 4;

    uint8 public immutable decimals;
    address public immutable owner;
    string public description;
    uint80 public latestRound;

    mapping(uint80 roundId => Round) private _rounds;

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    error NotOwner(address caller);
    error NonPositiveAnswer(int256 answer);
    error NoSuchRound(uint80 roundId, uint80 latestRound);

    constructor(uint8 decimals_, string memory description_, int256 answer) {
        decimals = decimals_;
        description = description_;
        owner = msg.sender;
        _write(answer);
    }

    function update(int256 answer) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _write(answer);
    }

    function latestAnswer() external view returns (int256) {
        return _rounds[latestRound].answer;
    }

    function latestTimestamp() external view returns (uint256) {
        return _rounds[latestRound].updatedAt;
    }

    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return getRoundData(latestRound);
    }

    function getRoundData(uint80 id)
        public
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        if (id == 0 || id > latestRound) revert NoSuchRound(id, latestRound);
        Round storage round = _rounds[id];
        return (id, round.answer, round.updatedAt, round.updatedAt, id);
    }

    function _write(int256 answer) private {
        if (answer <= 0) revert NonPositiveAnswer(answer);
        uint80 id = ++latestRound;
        _rounds[id] = Round(answer, block.timestamp);
        emit AnswerUpdated(answer, id, block.timestamp);
    }
}
