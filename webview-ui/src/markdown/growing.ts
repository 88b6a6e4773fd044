// Whether the block that is drawn may still get more text: what is costly waits until it does not.
import { createContext } from 'react';

export const Growing = createContext(false);
