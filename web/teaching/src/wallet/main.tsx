/** The wallet page of ROLE=pyverse-client: make a wallet, sign a transaction, send it to a node. */
import { render } from 'preact';
import '../../../src/styles.css';
import '../teaching.css';
import { WalletPage } from './page.js';

const root = document.getElementById('app');
if (root !== null) render(<WalletPage />, root);
