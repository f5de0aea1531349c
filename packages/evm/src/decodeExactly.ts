import type { Hex } from '@plimsoll/domain'
import { type Abi, type AbiFunction, decodeFunctionData, encodeFunctionData } from 'viem'

/**
 * Arguments of a call of one function, null unless they encode to the very same bytes again.
 *
 * So nothing is cut off or appended, and no word carries dirt that the contract would ignore and a reader would not see.
 */
export function decodeExactly(item: AbiFunction, data: Hex): readonly unknown[] | null {
  const abi: Abi = [item]
  try {
    const { args = [], functionName } = decodeFunctionData({ abi, data })
    return encodeFunctionData({ abi, functionName, args }) === data.toLowerCase() ? args : null
  } catch {
    return null // too short, or offsets that point nowhere: denied like any other malformed bytes
  }
}
