import book from "./shop.book.json";
import { visit } from "./visit.js";

visit(book);
