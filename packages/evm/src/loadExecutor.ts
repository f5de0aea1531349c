import { type ByteRange, type CompileOptions, compileContracts } from '@plimsoll/contracts'
import type { Address, Hex } from '@plimsoll/domain'
import { getAddress, pad } from 'viem'
import type { ChainClient } from './createChainClient.ts'
import { ForeignContractError, MissingContractError } from './errors.ts'
import type { OwnExecutor } from './OwnExecutor.ts'

/**
 * Takes up an owner's executor contract that was deployed before.
 *
 * The code at the address has to be, byte for byte, what our source compiles to with this owner in it: a contract that
 * only answers like one would be let into everything the owner has.
 *
 * @throws {@link MissingContractError} when there is no code.
 * @throws {@link ForeignContractError} when it is another contract, or the executor of somebody else.
 */
export async function loadExecutor(p: {
  readonly client: ChainClient
  readonly address: Address
  readonly owner: Address
  /** How our contracts are compiled, where the cache does not have them. */
  readonly compile?: CompileOptions
}): Promise<OwnExecutor> {
  const { client, address, owner } = p
  const [{ FlashLoanExecutor }, code] = await Promise.all([
    compileContracts(p.compile),
    client.getCode({ address }),
  ])
  const { runtime, immutables } = FlashLoanExecutor
  if (code === undefined)
    throw new MissingContractError({ contract: `the executor of ${owner}`, address })
  if (code !== fill(runtime, immutables, owner)) {
    const found = ownerIn(code, immutables)
    throw new ForeignContractError({
      address,
      found:
        found !== null && code === fill(runtime, immutables, found)
          ? `the executor of ${found}`
          : 'other code',
      allowed: `the executor of ${owner}`,
    })
  }
  // The one place where the brand is given.
  return { address, owner, chainId: client.chain.id } as OwnExecutor
}

/** Code with an address where its constructor writes one. */
function fill(runtime: Hex, ranges: readonly ByteRange[], value: Address): Hex {
  const word = pad(value).slice(2).toLowerCase()
  let code = runtime.slice(2)
  for (const { start, length } of ranges)
    code = code.slice(0, 2 * start) + word.slice(-2 * length) + code.slice(2 * (start + length))
  return `0x${code}`
}

/** What stands in code where an owner should; null when it is no address. */
function ownerIn(code: Hex, [first]: readonly ByteRange[]): Address | null {
  if (first === undefined) return null
  const word = code.slice(2 + 2 * first.start, 2 + 2 * (first.start + first.length))
  return /^0{24}[0-9a-f]{40}$/.test(word) ? getAddress(`0x${word.slice(24)}`) : null
}
