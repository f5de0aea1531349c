/** What a transaction offers the block's proposer unless told otherwise. [wei per gas] */
export const DEFAULT_PRIORITY_FEE = 100_000_000n
