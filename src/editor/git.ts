// The person's git as the tools see it: it only reads, and runs nothing that a repository names.

export interface GitAnswer {
  /** Null: there is no git, or it was ended. */
  code: number | null;
  output: string;
  complaint: string;
  /** There was more output than was asked for. */
  cut: boolean;
}

export interface Git {
  /** Workspace Trust: filters and other programs of a repository's configuration are the person's to judge. */
  trusted(): boolean;
  /** @param root where it shall look: an absolute path. `maxBytes` of output; `config`: settings by their full names. */
  run(
    root: string,
    args: readonly string[],
    options: { signal: AbortSignal; maxBytes?: number; config?: Readonly<Record<string, string>> },
  ): Promise<GitAnswer>;
}
