/** How large an expression may be: enough for any rule a person can review, too little to exhaust a parser. */
export const limits = { characters: 10_000, depth: 32, nodes: 500 } as const
