// Stands in for VS Code where a unit test looks at what a command asks and tells: nobody answers, unless the test does.
const unanswered = async (): Promise<undefined> => undefined;

const silent = () => ({ dispose: () => {} });

export const window = {
  activeTerminal: undefined,
  onDidChangeWindowState: silent,
  get activeTextEditor(): unknown {
    return undefined;
  },
  showInformationMessage: unanswered,
  showWarningMessage: unanswered,
  showErrorMessage: unanswered,
  showInputBox: unanswered,
  showQuickPick: unanswered,
  withProgress: async (_options: unknown, work: () => Promise<unknown>): Promise<unknown> => work(),
};

export const ProgressLocation = { SourceControl: 1, Window: 10, Notification: 15 };

/** No folder is open. */
export const workspace = {
  workspaceFolders: undefined,
  isTrusted: true,
  asRelativePath: (uri: unknown): string => String(uri),
  getConfiguration: () => ({ get: (_name: string, otherwise?: unknown) => otherwise }),
};

/** A clipboard of its own. */
let copied = '';
export const env = {
  clipboard: {
    readText: async (): Promise<string> => copied,
    writeText: async (text: string): Promise<void> => {
      copied = text;
    },
  },
};

export const commands = { executeCommand: unanswered as (...args: unknown[]) => Promise<unknown> };
