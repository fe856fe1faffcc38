# Fits whose criterion has several peaks: what R's searches reach, which others must reach too.
suppressMessages(library(forecast))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
thirties <- window(nottem, start = 1930)
peak <- function(name, y, value) obj(case = paste0('"', name, '"'), y = num(y), period = frequency(y), reached = one(value))
cases <- c(
  peak("ARIMA(0,2,2) of the logarithms of UKgas", log(UKgas), Arima(log(UKgas), c(0, 2, 2))$loglik),
  peak("Holt of nottem", thirties, -HoltWinters(thirties, gamma = FALSE)$SSE),
  peak("ETS(A,A,N) of nottem", thirties, ets(thirties, "AAN", damped = FALSE)$loglik),
  peak("ETS(M,A,A) of JohnsonJohnson", JohnsonJohnson, ets(JohnsonJohnson, "MAA", damped = FALSE)$loglik))
writeLines(obj(package = '"forecast"', version = paste0('"', packageVersion("forecast"), '"'), script = '"parity/r/peaks.R"', seed = "null", tolerance = 1e-6, cases = paste0("[", paste(cases, collapse = ","), "]")), file.path(here, "../../packages/stats/test/parity/fixtures/r-peaks.json"))
