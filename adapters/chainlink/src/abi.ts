import { parseAbi } from 'viem'

/** Chainlink's `AggregatorV3Interface`, the part used here. */
export const aggregatorAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
])
