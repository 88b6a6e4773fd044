// Imported before all else, so that texts of constants are translated too.
import * as vscode from 'vscode';
import { setLanguage } from '../protocol/l10n.ts';

setLanguage(vscode.env.language, vscode.l10n.bundle);
